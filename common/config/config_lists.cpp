// The part of Config that reads lists.

#include <cmath>

#include "common/config/config_impl.hpp"
#include "common/config/toml_text.hpp"

namespace dyna {

std::vector<std::string> Config::GetStrings(const std::string& key,
                                            const std::vector<std::string>& fallback,
                                            std::size_t size_min, std::size_t size_max) {
  auto values = impl_->GetList<std::string>(
      key, fallback, size_min, size_max,
      [](const toml::node& entry) { return entry.value_exact<std::string>(); },
      "a list of " + SizeText(size_min, size_max) + " strings");
  impl_->known[key] = ListToml(values, StringToml);
  return values;
}

std::vector<double> Config::GetDoubles(const std::string& key, const std::vector<double>& fallback,
                                       std::size_t size_min, std::size_t size_max, double low,
                                       double high) {
  const std::string allowed =
      "a list of " + SizeText(size_min, size_max) + " numbers " + RangeText(low, high);
  auto values = impl_->GetList<double>(
      key, fallback, size_min, size_max,
      [&](const auto& entry) {
        const auto found = AsDouble(entry);
        const bool good = found && std::isfinite(*found) && *found >= low && *found <= high;
        return good ? found : std::nullopt;
      },
      allowed);
  impl_->known[key] = ListToml(values, DoubleToml);
  return values;
}

std::vector<std::int64_t> Config::GetInts(const std::string& key,
                                          const std::vector<std::int64_t>& fallback,
                                          std::size_t size_min, std::size_t size_max,
                                          std::int64_t low, std::int64_t high) {
  const std::string allowed =
      "a list of " + SizeText(size_min, size_max) + " integers " + IntRangeText(low, high);
  auto values = impl_->GetList<std::int64_t>(
      key, fallback, size_min, size_max,
      [&](const toml::node& entry) {
        const auto found = entry.value_exact<std::int64_t>();
        return found && *found >= low && *found <= high ? found : std::nullopt;
      },
      allowed);
  impl_->known[key] = ListToml(values, [](std::int64_t v) { return std::to_string(v); });
  return values;
}

}  // namespace dyna

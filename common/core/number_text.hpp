#pragma once

#include <string>

namespace dyna {

/// The shortest text that reads back as exactly `value`; "nan", "inf", "-inf".
std::string NumberText(double value);

}  // namespace dyna

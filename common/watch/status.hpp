#pragma once

#include <string>
#include <vector>

#include "common/watch/cluster_view.hpp"

namespace dyna::watch {

/// A worker of the page's table as an object of JSON.
std::string MemberJson(const Member& member);
/// Rows and versions per second between the roles, summed over their processes, as an object.
std::string FlowsJson(const std::vector<Member>& members);
/// Where the run is: rows and their limits, updates, versions, errors; as an object.
std::string TotalsJson(const std::vector<Member>& members);

}  // namespace dyna::watch

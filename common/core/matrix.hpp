#pragma once

#include <Eigen/Core>

namespace dyna {

/// [rows, columns] float32, row-major: one row per transition, contiguous.
using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
/// [B] float32.
using FloatVector = Eigen::VectorXf;

}  // namespace dyna

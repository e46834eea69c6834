#pragma once

namespace dyna::nn {

/// Settings that make LibTorch faster on CPUs; call first in main(). Each yields to the
/// environment where the user has set it.
void TuneProcess();

}  // namespace dyna::nn

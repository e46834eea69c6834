#include "common/net/curve_keys.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>

#include "common/core/check.hpp"

namespace dyna::net {
namespace {

constexpr std::string_view kZ85 =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

// The two pairs of zmq_curve(7), which are also the test data of the reference code of Z85 (RFC
// 32), the two of NaCl's own tests (RFC 7748, 6.1), and the public half of a secret of zeros.
constexpr std::array<std::string_view, 9> kPublished = {
    "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
    "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
    "G=]<>I7>&bBC>O5V{aj/4zK}kco8}o(.HIuS*=:#", "Cl.%(A#p:4jqL+Nql<!5?+kXU(+F]rV3l8w9L0ZJ",
    "?K-FIDWS-q^{3m$)bQ2.kz8tAtx<^PT]9RZz?]]t", "u8[lWvOhIJDeTmhGmBD]z-+iMck:h&950i$%a]R0",
    "fxERSn6LHg6!4!qu+m-(f-Q<1UF!=7)u0-ysJ-^F"};

// zmq.h shows it to draft builds only; the library has known it since 4.3.0.
constexpr int kZapEnforceDomain = 93;
constexpr const char* kZapDomain = "dyna";

std::array<char, kKeyCharacters + 1> KeyBuffer() { return {}; }

}  // namespace

KeyPair MakeKeyPair() {
  auto public_key = KeyBuffer();
  auto secret_key = KeyBuffer();
  DYNA_CHECK_MSG(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0,
                 zmq_strerror(zmq_errno()));
  return {.public_key = public_key.data(), .secret_key = secret_key.data()};
}

KeyPair PairOf(const std::string& secret_key) {
  auto public_key = KeyBuffer();
  DYNA_CHECK_MSG(zmq_curve_public(public_key.data(), secret_key.c_str()) == 0,
                 zmq_strerror(zmq_errno()));
  return {.public_key = public_key.data(), .secret_key = secret_key};
}

Status CheckKey(std::string_view key) {
  const auto wrong = [](const char* why) { return Error{ErrorCode::kInvalidArgument, why}; };
  if (key.size() != kKeyCharacters || key.find_first_not_of(kZ85) != std::string_view::npos) {
    return wrong("it is not a key: 40 characters of Z85, as `dyna keygen` writes them");
  }
  std::array<std::uint8_t, 32> bytes{};
  if (zmq_z85_decode(bytes.data(), std::string(key).c_str()) == nullptr) {
    return wrong("it is not a key: five of its characters in a row are no number in Z85");
  }
  if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) {
    return wrong("it is a key of zeros, which everybody can guess");
  }
  if (std::find(kPublished.begin(), kPublished.end(), key) != kPublished.end()) {
    return wrong("it is an example key of ZeroMQ's or NaCl's documentation, which everybody knows");
  }
  return Done{};
}

std::function<void(zmq::socket_t&)> ListenWith(const KeyPair& own) {
  return [own](zmq::socket_t& socket) {
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_secretkey, own.secret_key);
    socket.set(zmq::sockopt::zap_domain, kZapDomain);
    // Else a context without a ZapHandler would let everybody in.
    const int yes = 1;
    DYNA_CHECK_MSG(zmq_setsockopt(socket.handle(), kZapEnforceDomain, &yes, sizeof yes) == 0,
                   zmq_strerror(zmq_errno()));
  };
}

std::function<void(zmq::socket_t&)> ConnectWith(const KeyPair& own, const std::string& server_key) {
  return [own, server_key](zmq::socket_t& socket) {
    socket.set(zmq::sockopt::curve_publickey, own.public_key);
    socket.set(zmq::sockopt::curve_secretkey, own.secret_key);
    socket.set(zmq::sockopt::curve_serverkey, server_key);
  };
}

}  // namespace dyna::net

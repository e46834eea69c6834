#pragma once

#include <cctype>
#include <cstddef>
#include <string>

namespace dyna::watch {

/// Whether a text is one value of JSON (RFC 8259), by its grammar.
class JsonCheck {
 public:
  static bool Valid(const std::string& text) {
    JsonCheck check(text);
    return check.Value() && (check.Space(), check.at_ == text.size());
  }

 private:
  explicit JsonCheck(const std::string& text) : text_(text) {}

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Space() {
    while (at_ < text_.size() && std::string(" \t\r\n").find(text_[at_]) != std::string::npos)
      ++at_;
  }
  bool Take(char c) {
    Space();
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  bool Word(const std::string& word) {
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }
  bool Digits() {
    const std::size_t begin = at_;
    while (std::isdigit(static_cast<unsigned char>(Peek())) != 0) ++at_;
    return at_ > begin;
  }
  bool Number() {
    if (Peek() == '-') ++at_;
    const std::size_t begin = at_;
    if (!Digits() || (text_[begin] == '0' && at_ > begin + 1)) return false;
    if (Peek() == '.' && (++at_, !Digits())) return false;
    if (Peek() != 'e' && Peek() != 'E') return true;
    ++at_;
    if (Peek() == '+' || Peek() == '-') ++at_;
    return Digits();
  }
  bool String() {
    if (!Take('"')) return false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (static_cast<unsigned char>(text_[at_]) < ' ') return false;
      if (text_[at_] != '\\') continue;
      ++at_;
      if (Peek() != 'u') {
        if (std::string("\"\\/bfnrt").find(Peek()) == std::string::npos) return false;
        continue;
      }
      for (int i = 0; i < 4; ++i) {
        ++at_;
        if (std::isxdigit(static_cast<unsigned char>(Peek())) == 0) return false;
      }
    }
    return Take('"');
  }
  /// After the opening bracket.
  bool Items(char end, bool keys) {
    if (Take(end)) return true;
    do {
      if (keys && !(String() && Take(':'))) return false;
      if (!Value()) return false;
    } while (Take(','));
    return Take(end);
  }
  bool Value() {
    Space();
    switch (Peek()) {
      case '{':
        ++at_;
        return Items('}', true);
      case '[':
        ++at_;
        return Items(']', false);
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace dyna::watch

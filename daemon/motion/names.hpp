// The words that stand for the motion library's values in files, on the socket and in the store: one place for each.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

std::string_view name_of(Phase);  ///< Phase::homing is "return"
std::string_view name_of(Verdict);
std::string_view name_of(Fault);
std::string_view name_of(Reason);
std::string_view name_of(EventKind);
std::string_view name_of(SessionFault);
std::string_view name_of(Side);
std::string_view name_of(PrescribedSide);
std::string_view name_of(Surface);
std::string_view name_of(HandSupport);

/// The value whose name this is; none where there is no such name.
template <class Enum>
std::optional<Enum> named(std::string_view);

}  // namespace heeldrop::motion

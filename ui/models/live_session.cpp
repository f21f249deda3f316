#include "ui/models/live_session.hpp"

#include <algorithm>

#include "ui/models/quantity_text.hpp"
#include "ui/models/words.hpp"

namespace heeldrop::ui {
namespace {

/// Below this the plate is as good as empty and a share of it means nothing: 10 N is 1 kg, a tenth of a small child.
constexpr Newtons least_load{10.0};
/// How far a person of this station usually lowers, until this session's own reps say better (a heel drop off a step).
constexpr Metres usual_depth{0.10};
/// Ahead of the guide by more than this part of the way is shown as too quick; the live depth is no better than that.
constexpr double pace_tolerance = 0.2;

}  // namespace

LiveSession::LiveSession(QObject* parent) : QObject(parent) {}

void LiveSession::set_session(const SessionInfo& session) {
    if (session.id != session_.id) {
        live_ = {};
        last_.reset();
        drop_not_yet_judged_.reset();
        reps_.reset({}, session.prescription);
    }
    session_ = session;
    emit changed();
}

void LiveSession::set_reps(std::vector<RepInfo> reps) {
    reps_.reset(std::move(reps), session_.prescription);
    last_ = reps_.reps().empty() ? std::nullopt : std::optional(reps_.reps().back());
    emit changed();
}

void LiveSession::set_live(const LiveInfo& live) {
    if (lowering() && live.phase != QLatin1String("drop") && !is_judged(live_.phase_start))
        drop_not_yet_judged_ = std::max(Seconds{}, live.phase_start - live_.phase_start);
    live_ = live;
    emit changed();
}

void LiveSession::set_phase(const PhaseMark& mark) {
    LiveInfo next = live_;
    next.phase = mark.phase;
    next.phase_start = mark.t;
    next.t = std::max(live_.t, mark.t);
    next.side = mark.side;
    if (mark.phase != QLatin1String("drop"))
        next.depth.reset();
    set_live(next);
}

void LiveSession::apply(const RepInfo& rep) {
    reps_.apply(rep);
    if (!last_ || rep.index > last_->index)
        drop_not_yet_judged_.reset();
    // A later look at an earlier rep must not push the newest verdict off the page.
    if (!last_ || rep.index >= last_->index)
        last_ = reps_.reps().back();
    emit changed();
    emit judged();
}

void LiveSession::set_notice(const QString& notice) {
    if (notice == notice_)
        return;
    notice_ = notice;
    emit changed();
}

bool LiveSession::nobody() const {
    // Until something has been weighed, an empty plate is known by its load alone.
    return live_.phase == QLatin1String("empty") ||
           (session_.state == QLatin1String("weighing") && live_.left + live_.right < least_load);
}

QString LiveSession::phase() const {
    return nobody() ? QStringLiteral("empty") : live_.phase;
}

bool LiveSession::guided() const {
    return session_.state != QLatin1String("weighing") && !nobody();
}

QString LiveSession::headline() const {
    return instruction(phase(), live_.side, session_).headline;
}

QString LiveSession::detail() const {
    return instruction(phase(), live_.side, session_).detail;
}

int LiveSession::step() const {
    return session_.state == QLatin1String("weighing") ? 0 : step_of(live_.phase);
}

QString LiveSession::working_leg_text() const {
    return leg_words(session_.prescription.side);
}

QString LiveSession::set_text() const {
    const int sets = session_.prescription.sets;
    return sets > 0 ? QStringLiteral("Set %1 of %2").arg(std::clamp(session_.set, 1, sets)).arg(sets)
                    : QStringLiteral("Set %1").arg(session_.set);
}

int LiveSession::counted_in_set() const {
    const auto& reps = reps_.reps();
    return static_cast<int>(std::count_if(
        reps.begin(), reps.end(), [this](const RepInfo& rep) { return rep.counted && rep.set == session_.set; }));
}

QString LiveSession::count_text() const {
    const int asked = session_.prescription.reps;
    const int done = counted_in_set();
    return asked > 0 ? QStringLiteral("%1 of %2 reps").arg(done).arg(asked) : QStringLiteral("%1 reps").arg(done);
}

QStringList LiveSession::marks() const {
    QStringList marks;
    for (const RepInfo& rep : reps_.reps())
        if (rep.counted && rep.set == session_.set)
            marks << rep.verdict;
    while (marks.size() < session_.prescription.reps)
        marks << QStringLiteral("pending");
    return marks;
}

double LiveSession::share(Newtons pad) const {
    const Newtons total = live_.left + live_.right;
    return total < least_load ? 0.0 : std::clamp(pad / total, 0.0, 1.0);
}

QString LiveSession::share_words(Newtons pad) const {
    return live_.left + live_.right < least_load ? QStringLiteral("\u2013") : share_text(Fraction{share(pad)});
}

QString LiveSession::left_force_text() const {
    return force_text(live_.left);
}

QString LiveSession::right_force_text() const {
    return force_text(live_.right);
}

QString LiveSession::aim_side() const {
    if (live_.phase != QLatin1String("top") && live_.phase != QLatin1String("transfer") && !lowering())
        return {};
    return session_.prescription.side == QLatin1String("both") ? live_.side : session_.prescription.side;
}

QString LiveSession::aim_text() const {
    return QStringLiteral("Aim: over %1").arg(share_text(session_.prescription.min_share));
}

bool LiveSession::is_judged(Seconds drop_start) const {
    return last_ && last_->return_end && *last_->return_end > drop_start;
}

std::optional<Seconds> LiveSession::elapsed() const {
    if (lowering() && !is_judged(live_.phase_start))
        return std::max(Seconds{}, live_.t - live_.phase_start);
    if (drop_not_yet_judged_)
        return drop_not_yet_judged_;
    return last_ ? last_->drop_duration : std::nullopt;
}

double LiveSession::guide_depth() const {
    if (lowering())
        return PaceGuide(session_.prescription.target_drop).depth_at(live_.t - live_.phase_start).value;
    return step() == 4 ? 1.0 : 0.0;
}

Metres LiveSession::expected_depth() const {
    std::vector<Metres> depths;
    for (const RepInfo& rep : reps_.reps())
        if (rep.counted && rep.drop_depth && *rep.drop_depth > Metres{0.02})
            depths.push_back(*rep.drop_depth);
    if (depths.empty())
        return usual_depth;
    const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
    std::nth_element(depths.begin(), middle, depths.end());
    return *middle;
}

double LiveSession::own_depth() const {
    return own_depth_known() ? std::clamp(*live_.depth / expected_depth(), 0.0, 1.0) : 0.0;
}

QString LiveSession::elapsed_text() const {
    const auto took = elapsed();
    return took ? duration_text(*took) : QStringLiteral("\u2013");
}

QString LiveSession::target_text() const {
    return QStringLiteral("of %1").arg(duration_text(session_.prescription.target_drop));
}

QString LiveSession::pace_words() const {
    if (!guided())
        return {};  // nothing large about lowering while the patient is to step on or to stand still
    if (!lowering())
        return step() == 4 ? QStringLiteral("Lowered")
                           : QStringLiteral("Aim: %1 down").arg(duration_text(session_.prescription.target_drop));
    if (!own_depth_known())
        return QStringLiteral("Follow the ring");
    return own_depth() - guide_depth() > pace_tolerance ? QStringLiteral("Slower") : QStringLiteral("Good pace");
}

int LiveSession::last_index() const {
    return last_ ? last_->index : 0;
}

QString LiveSession::last_verdict() const {
    return last_ ? last_->verdict : QStringLiteral("pending");
}

QString LiveSession::last_headline() const {
    if (!last_)
        return QStringLiteral("No reps yet");
    if (!last_->counted)
        return QStringLiteral("Not counted: %1").arg(verdict_words(*last_).toLower());
    const int asked = session_.prescription.reps;
    const QString number = QString::number(reps_.number_in_set(*last_));
    return QStringLiteral("Rep %1: %2")
        .arg(asked > 0 ? QStringLiteral("%1 of %2").arg(number).arg(asked) : number, verdict_words(*last_).toLower());
}

QString LiveSession::last_detail() const {
    if (!last_)
        return QStringLiteral("Each rep is judged here as soon as it is done.");
    if (last_->verdict == QLatin1String("good") && last_->drop_duration)
        return QStringLiteral("Lowered in %1.").arg(duration_text(*last_->drop_duration));
    if (last_->faults.contains(QLatin1String("fast_drop")) && last_->drop_duration)
        return QStringLiteral("Lowered in %1. %2")
            .arg(duration_text(*last_->drop_duration), advice(*last_, session_.prescription));
    return last_->verdict == QLatin1String("good") ? descent_note(*last_) : advice(*last_, session_.prescription);
}

}  // namespace heeldrop::ui

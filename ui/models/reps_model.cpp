#include "ui/models/reps_model.hpp"

#include <algorithm>

#include "ui/models/quantity_text.hpp"
#include "ui/models/words.hpp"

namespace heeldrop::ui {

QString descent_text(const RepInfo& rep) {
    return rep.drop_duration ? duration_text(*rep.drop_duration, rep.drop_duration_uncertainty)
                             : QStringLiteral("Not measured");
}

QString descent_note(const RepInfo& rep) {
    if (rep.drop_duration)
        return {};
    const QString why = unmeasured_words(rep);
    // The descent lies within the one-foot interval, so that is its upper bound.
    if (rep.transfer_end && rep.return_end && *rep.return_end > *rep.transfer_end)
        return QStringLiteral("At most %1. %2.").arg(duration_text(*rep.return_end - *rep.transfer_end), why);
    return why + QLatin1Char('.');
}

int RepsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count();
}

int RepsModel::number_in_set(const RepInfo& rep) const {
    if (!rep.counted)
        return 0;
    return static_cast<int>(std::count_if(reps_.begin(), reps_.end(), [&](const RepInfo& other) {
        return other.counted && other.set == rep.set && other.index <= rep.index;
    }));
}

QString RepsModel::number_words(const RepInfo& rep) const {
    const QString within =
        rep.counted ? QStringLiteral("rep %1").arg(number_in_set(rep)) : QStringLiteral("not counted");
    return prescription_.sets > 1 ? QStringLiteral("Set %1, %2").arg(rep.set).arg(within)
                                  : within.left(1).toUpper() + within.mid(1);
}

QVariant RepsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= count())
        return {};
    const RepInfo& rep = reps_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case IndexRole:
            return rep.index;
        case SideRole:
            return rep.side;
        case VerdictRole:
            return rep.verdict;
        case FaultsRole:
            return rep.faults;
        case NumberWordsRole:
            return number_words(rep);
        case SideWordsRole:
            return leg_words(rep.side);
        case VerdictWordsRole:
            return verdict_words(rep);
        case DescentTextRole:
            return descent_text(rep);
        case DescentNoteRole:
            return descent_note(rep);
        case TargetTextRole:
            return duration_text(prescription_.target_drop);
        case ShareTextRole:
            // The other pad's zero may be off by a newton or two, and the share then lies a little beyond the whole.
            return rep.working_share_drop ? share_text(std::clamp(*rep.working_share_drop, Fraction{0}, Fraction{1}))
                                          : QStringLiteral("Not known");
        case ShareNoteRole:
            return rep.side.isEmpty() ? QStringLiteral("on one leg") : QStringLiteral("on the %1 leg").arg(rep.side);
        case AdviceRole:
            return advice(rep, prescription_);
        default:
            return {};
    }
}

QHash<int, QByteArray> RepsModel::roleNames() const {
    return {{IndexRole, "repIndex"},
            {SideRole, "side"},
            {VerdictRole, "verdict"},
            {FaultsRole, "faults"},
            {NumberWordsRole, "numberWords"},
            {SideWordsRole, "sideWords"},
            {VerdictWordsRole, "verdictWords"},
            {DescentTextRole, "descentText"},
            {DescentNoteRole, "descentNote"},
            {TargetTextRole, "targetText"},
            {ShareTextRole, "shareText"},
            {ShareNoteRole, "shareNote"},
            {AdviceRole, "advice"}};
}

void RepsModel::apply(const RepInfo& rep) {
    const auto place = std::lower_bound(reps_.begin(), reps_.end(), rep.index,
                                        [](const RepInfo& have, int index) { return have.index < index; });
    const int row = static_cast<int>(place - reps_.begin());
    if (place == reps_.end() || place->index != rep.index) {
        beginInsertRows({}, row, row);
        reps_.insert(place, rep);
        endInsertRows();
        emit countChanged();
    } else if (rep.revision >= place->revision) {
        *place = rep;
    } else {
        return;
    }
    // A rep inserted or no longer counted moves the numbers of those after it.
    emit dataChanged(index(row), index(count() - 1));
}

void RepsModel::reset(std::vector<RepInfo> reps, const Prescription& prescription) {
    std::sort(reps.begin(), reps.end(), [](const RepInfo& a, const RepInfo& b) { return a.index < b.index; });
    beginResetModel();
    reps_ = std::move(reps);
    prescription_ = prescription;
    endResetModel();
    emit countChanged();
}

}  // namespace heeldrop::ui

// The reps of one session as rows for QML, each with its words and figures ready to show.
// It must not know whether they are live or from the store.
#pragma once

#include <QAbstractListModel>
#include <QtQmlIntegration>
#include <vector>

#include "ui/models/messages.hpp"

namespace heeldrop::ui {

/// Rows are ordered by the rep's index; a later revision replaces the earlier account of the same index, an earlier
/// one that comes late changes nothing.
class RepsModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("owned by a session's model")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

 public:
    enum Role {
        IndexRole = Qt::UserRole + 1,
        SideRole,
        VerdictRole,
        FaultsRole,
        NumberWordsRole,
        SideWordsRole,
        VerdictWordsRole,
        DescentTextRole,
        DescentNoteRole,
        TargetTextRole,
        ShareTextRole,
        ShareNoteRole,
        AdviceRole,
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return static_cast<int>(reps_.size()); }
    const std::vector<RepInfo>& reps() const { return reps_; }

    void apply(const RepInfo&);
    void reset(std::vector<RepInfo> reps, const Prescription&);
    const Prescription& prescription() const { return prescription_; }

    /// Its place among the counted reps of its set, from 1; 0 for one that is not counted.
    int number_in_set(const RepInfo&) const;

 signals:
    void countChanged();

 private:
    QString number_words(const RepInfo&) const;

    std::vector<RepInfo> reps_;
    Prescription prescription_;
};

QString descent_text(const RepInfo&);  ///< "3.1 ± 0.2 s", or "Not measured"
QString descent_note(const RepInfo&);  ///< why it is not measured, with the bound where there is one; else empty

}  // namespace heeldrop::ui

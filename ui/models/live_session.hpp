// What the live page shows of the session under way: instruction, loads, pace, counts, the newest verdict.
// It must not know the socket; Station feeds it. All arithmetic for the page is here.
#pragma once

#include <QObject>
#include <QtQmlIntegration>

#include "ui/models/messages.hpp"
#include "ui/models/pace_guide.hpp"
#include "ui/models/reps_model.hpp"

namespace heeldrop::ui {

class LiveSession : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("owned by Station")
    Q_PROPERTY(QString phase READ phase NOTIFY changed)
    Q_PROPERTY(QString headline READ headline NOTIFY changed)
    Q_PROPERTY(QString detail READ detail NOTIFY changed)
    Q_PROPERTY(int step READ step NOTIFY changed)
    Q_PROPERTY(QString workingLegText READ working_leg_text NOTIFY changed)
    Q_PROPERTY(QString setText READ set_text NOTIFY changed)
    Q_PROPERTY(QString countText READ count_text NOTIFY changed)
    Q_PROPERTY(QStringList marks READ marks NOTIFY changed)

    Q_PROPERTY(double leftShare READ left_share NOTIFY changed)
    Q_PROPERTY(double rightShare READ right_share NOTIFY changed)
    Q_PROPERTY(QString leftShareText READ left_share_text NOTIFY changed)
    Q_PROPERTY(QString rightShareText READ right_share_text NOTIFY changed)
    Q_PROPERTY(QString leftForceText READ left_force_text NOTIFY changed)
    Q_PROPERTY(QString rightForceText READ right_force_text NOTIFY changed)
    Q_PROPERTY(double aimShare READ aim_share NOTIFY changed)
    Q_PROPERTY(QString aimSide READ aim_side NOTIFY changed)
    Q_PROPERTY(QString aimText READ aim_text NOTIFY changed)

    Q_PROPERTY(bool guided READ guided NOTIFY changed)
    Q_PROPERTY(bool lowering READ lowering NOTIFY changed)
    Q_PROPERTY(double guideDepth READ guide_depth NOTIFY changed)
    Q_PROPERTY(bool ownDepthKnown READ own_depth_known NOTIFY changed)
    Q_PROPERTY(double ownDepth READ own_depth NOTIFY changed)
    Q_PROPERTY(QString elapsedText READ elapsed_text NOTIFY changed)
    Q_PROPERTY(QString targetText READ target_text NOTIFY changed)
    Q_PROPERTY(QString paceWords READ pace_words NOTIFY changed)

    Q_PROPERTY(int lastIndex READ last_index NOTIFY changed)
    Q_PROPERTY(QString lastVerdict READ last_verdict NOTIFY changed)
    Q_PROPERTY(QString lastHeadline READ last_headline NOTIFY changed)
    Q_PROPERTY(QString lastDetail READ last_detail NOTIFY changed)
    Q_PROPERTY(QString notice READ notice NOTIFY changed)

 public:
    explicit LiveSession(QObject* parent = nullptr);

    const SessionInfo& session() const { return session_; }
    const LiveInfo& live() const { return live_; }

    /// A session with another id starts anew: reps and loads of the one before are gone.
    void set_session(const SessionInfo&);
    void set_reps(std::vector<RepInfo>);
    void set_live(const LiveInfo&);
    void set_phase(const PhaseMark&);
    void apply(const RepInfo&);
    /// Said across the page while the plate does not deliver; empty when it does.
    void set_notice(const QString&);

    QString phase() const;
    QString headline() const;
    QString detail() const;
    int step() const;
    QString working_leg_text() const;
    QString set_text() const;
    QString count_text() const;
    /// One for each prescribed rep of this set, in order: good, fault, unjudged, or pending.
    QStringList marks() const;

    double left_share() const { return share(live_.left); }
    double right_share() const { return share(live_.right); }
    QString left_share_text() const { return share_words(live_.left); }
    QString right_share_text() const { return share_words(live_.right); }
    QString left_force_text() const;
    QString right_force_text() const;
    double aim_share() const { return session_.prescription.min_share.value; }
    QString aim_side() const;  ///< the leg that has an aim to reach now, or empty
    QString aim_text() const;

    bool guided() const;  ///< there is a way down to follow: somebody is there and has been weighed
    bool lowering() const { return live_.phase == QLatin1String("drop"); }
    double guide_depth() const;
    bool own_depth_known() const { return lowering() && live_.depth.has_value(); }
    double own_depth() const;
    QString elapsed_text() const;
    QString target_text() const;
    QString pace_words() const;

    int last_index() const;
    QString last_verdict() const;
    QString last_headline() const;
    QString last_detail() const;
    QString notice() const { return notice_; }

 signals:
    void changed();
    void judged();  ///< a rep was added or its account replaced

 private:
    double share(Newtons pad) const;
    QString share_words(Newtons pad) const;
    std::optional<Seconds> elapsed() const;
    bool nobody() const;
    bool is_judged(Seconds drop_start) const;
    Metres expected_depth() const;
    int counted_in_set() const;

    SessionInfo session_;
    LiveInfo live_;
    RepsModel reps_;
    std::optional<RepInfo> last_;
    /// Of the last descent as it was seen live, until the rep is judged: one page never gives two times for it.
    std::optional<Seconds> drop_not_yet_judged_;
    QString notice_;
};

}  // namespace heeldrop::ui

// During a session: what to do now, the load on each leg, the pace of the descent, the verdict of the newest rep.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Item {
    id: page
    objectName: "livePage"
    required property Station station
    required property LiveSession live

    ColumnLayout {
        anchors { fill: parent; margins: Theme.margin }
        spacing: Theme.margin
        LiveHeader {
            live: page.live
            Layout.fillWidth: true
            onStopped: page.station.stopAndCallHelp()
        }
        RowLayout {
            spacing: Theme.margin
            Layout.fillWidth: true
            Layout.fillHeight: true
            Card {
                Layout.fillHeight: true
                Layout.preferredWidth: Theme.touch * 2.8
                LegBar {
                    objectName: "left"
                    anchors { fill: parent; margins: Theme.margin }
                    name: "Left"
                    legColor: Theme.leftLeg
                    share: page.live.leftShare
                    shareText: page.live.leftShareText
                    forceText: page.live.leftForceText
                    aiming: page.live.aimSide === "left"
                    aim: page.live.aimShare
                    aimText: page.live.aimText
                }
            }
            Guidance {
                live: page.live
                Layout.fillWidth: true
                Layout.fillHeight: true
            }
            Card {
                Layout.fillHeight: true
                Layout.preferredWidth: Theme.touch * 2.8
                LegBar {
                    objectName: "right"
                    anchors { fill: parent; margins: Theme.margin }
                    name: "Right"
                    legColor: Theme.rightLeg
                    share: page.live.rightShare
                    shareText: page.live.rightShareText
                    forceText: page.live.rightForceText
                    aiming: page.live.aimSide === "right"
                    aim: page.live.aimShare
                    aimText: page.live.aimText
                }
            }
        }
        VerdictBanner {
            objectName: "verdictBanner"
            repIndex: page.live.lastIndex
            verdict: page.live.lastVerdict
            headline: page.live.lastHeadline
            detail: page.live.lastDetail
            Layout.fillWidth: true
        }
    }
}

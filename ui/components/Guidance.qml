// The middle of the live page: the rep's steps, the way down to follow, and the instruction in the largest type.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

ColumnLayout {
    id: guidance
    required property LiveSession live
    readonly property bool noticed: live.notice !== ""
    spacing: Theme.margin

    PhaseSteps {
        step: guidance.live.step
        Layout.fillWidth: true
    }
    RowLayout {
        spacing: Theme.margin
        Layout.fillWidth: true
        Layout.fillHeight: true
        PaceGauge {
            visible: guidance.live.guided
            active: guidance.live.lowering
            guide: guidance.live.guideDepth
            ownKnown: guidance.live.ownDepthKnown
            own: guidance.live.ownDepth
            Layout.fillHeight: true
        }
        ColumnLayout {
            spacing: Theme.gap
            Layout.fillWidth: true
            Layout.fillHeight: true
            Words {
                objectName: "headline"
                text: guidance.live.headline
                font.pixelSize: Theme.huge
                font.weight: Font.Bold
                fontSizeMode: Text.Fit
                minimumPixelSize: Theme.title
                lineHeight: 0.95
                verticalAlignment: Text.AlignVCenter
                wrapMode: Text.WordWrap
                Layout.fillWidth: true
                Layout.fillHeight: true
            }
            Words {
                objectName: "detail"
                text: guidance.noticed ? guidance.live.notice : guidance.live.detail
                color: guidance.noticed ? Theme.fault : Theme.quietInk
                font.weight: guidance.noticed ? Font.DemiBold : Font.Normal
                wrapMode: Text.WordWrap
                maximumLineCount: 3
                Layout.fillWidth: true
            }
            PaceReading {
                visible: guidance.live.guided
                live: guidance.live
                Layout.fillWidth: true
                Layout.topMargin: Theme.margin
            }
        }
    }
}

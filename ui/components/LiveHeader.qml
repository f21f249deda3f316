// The top of the live page: set, leg, the marks of this set's reps, and the way out.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

RowLayout {
    id: header
    required property LiveSession live
    signal stopped()
    spacing: Theme.margin * 1.5

    ColumnLayout {
        spacing: 0
        Words {
            objectName: "setText"
            text: header.live.setText
            font.pixelSize: Theme.large
            font.weight: Font.Bold
        }
        Words {
            objectName: "legText"
            text: header.live.workingLegText
            color: Theme.quietInk
        }
    }
    Words {
        objectName: "countText"
        text: header.live.countText
        font.pixelSize: Theme.large
        font.weight: Font.Bold
    }
    Flow {
        spacing: Theme.gap
        Layout.fillWidth: true
        Layout.alignment: Qt.AlignVCenter
        Repeater {
            model: header.live.marks
            delegate: VerdictMark {
                required property string modelData
                verdict: modelData
                size: header.live.marks.length > 8 ? Theme.mark * 0.7 : Theme.mark
            }
        }
    }
    ActionButton {
        objectName: "stopButton"
        text: "Stop, get help"
        ground: Theme.stop
        onClicked: header.stopped()
    }
}

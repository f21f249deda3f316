// The pace in words and figures, beside the gauge that shows it.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

ColumnLayout {
    id: reading
    required property LiveSession live
    spacing: 0

    RowLayout {
        spacing: Theme.gap * 1.5
        Words {
            objectName: "paceWords"
            text: reading.live.paceWords
            font.pixelSize: Theme.title
            font.weight: Font.Bold
            Layout.alignment: Qt.AlignBaseline
        }
        Item { Layout.fillWidth: true }
        Words {
            objectName: "elapsed"
            text: reading.live.elapsedText
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Layout.alignment: Qt.AlignBaseline
        }
        Words {
            objectName: "target"
            text: reading.live.targetText
            color: Theme.quietInk
            Layout.alignment: Qt.AlignBaseline
        }
    }
    Words {
        text: "Ring: the guide     Disc: you"
        font.pixelSize: Theme.small
        color: Theme.quietInk
    }
}

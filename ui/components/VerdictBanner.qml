// The newest rep's verdict, large: sign, words, and what was measured or is to be changed.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Rectangle {
    id: banner
    property int repIndex: 0
    property string verdict: "pending"
    property string headline
    property string detail
    color: verdict === "pending" ? Theme.surface : Theme.verdictGround(verdict)
    border.color: verdict === "pending" ? Theme.outline : Theme.verdictInk(verdict)
    border.width: Theme.line
    radius: Theme.radius
    implicitHeight: row.implicitHeight + 2 * Theme.margin

    RowLayout {
        id: row
        anchors { fill: parent; leftMargin: Theme.margin; rightMargin: Theme.margin }
        spacing: Theme.margin
        VerdictMark {
            verdict: banner.verdict
            size: Theme.touch
        }
        ColumnLayout {
            spacing: Theme.gap / 2
            Layout.fillWidth: true
            Words {
                objectName: "verdictHeadline"
                text: banner.headline
                font.pixelSize: Theme.title
                font.weight: Font.Bold
                fontSizeMode: Text.HorizontalFit
                minimumPixelSize: Theme.body
                color: banner.verdict === "pending" ? Theme.quietInk : Theme.verdictInk(banner.verdict)
                Layout.fillWidth: true
            }
            Words {
                objectName: "verdictDetail"
                text: banner.detail
                wrapMode: Text.WordWrap
                maximumLineCount: 2
                Layout.fillWidth: true
            }
        }
    }
}

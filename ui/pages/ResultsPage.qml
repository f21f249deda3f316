// After a session: totals, the force curve, every rep in a row, and Done.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Item {
    id: page
    objectName: "resultsPage"
    required property Station station
    required property SessionResults results

    ColumnLayout {
        anchors { fill: parent; margins: Theme.margin }
        spacing: Theme.margin * 0.5
        RowLayout {
            spacing: Theme.margin
            ColumnLayout {
                spacing: 0
                Words {
                    objectName: "resultsSummary"
                    text: page.results.summary
                    font.pixelSize: Theme.title
                    font.weight: Font.Bold
                    wrapMode: Text.WordWrap
                    Layout.fillWidth: true
                }
                Words {
                    objectName: "resultsTotals"
                    text: page.results.totals
                    color: Theme.quietInk
                    wrapMode: Text.WordWrap
                    Layout.fillWidth: true
                }
            }
            ActionButton {
                objectName: "doneButton"
                text: "Done"
                Layout.preferredWidth: Theme.touch * 2.5
                onClicked: page.station.done()
            }
        }
        Words {
            objectName: "resultsWarnings"
            text: page.results.warnings
            visible: text !== ""
            font.pixelSize: Theme.small
            font.weight: Font.DemiBold
            wrapMode: Text.WordWrap
            Layout.fillWidth: true
        }
        CurvePanel {
            curve: page.results.curve
            message: page.results.curveMessage
            Layout.fillWidth: true
        }
        RepList {
            reps: page.results.reps
            awaited: !page.results.complete
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
    }
}

// The reps of a session below each other, scrolling when there are more than fit.
import QtQuick
import Heeldrop.Kiosk

Item {
    id: list
    property RepsModel reps
    property bool awaited: false

    Flickable {
        id: view
        objectName: "repList"
        anchors.fill: parent
        contentHeight: rows.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        Column {
            id: rows
            width: view.width - Theme.margin
            spacing: Theme.gap / 2
            Repeater {
                model: list.reps
                delegate: RepRow { width: rows.width }
            }
        }
    }
    Rectangle {
        visible: view.visibleArea.heightRatio < 1
        x: parent.width - width
        y: view.visibleArea.yPosition * parent.height
        width: Theme.gap
        height: view.visibleArea.heightRatio * parent.height
        radius: width / 2
        color: Theme.quietInk
    }
    Card {
        visible: list.reps.count === 0 && !list.awaited
        width: parent.width
        height: Theme.touch * 2
        Words {
            objectName: "noReps"
            anchors.centerIn: parent
            text: "No heel drops were seen in this session."
            color: Theme.quietInk
        }
    }
}

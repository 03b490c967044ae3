/// How a stored picture is turned and mirrored to be displayed. (EXIF 2.32, 4.6.4 A.)
struct Orientation: Equatable {
    /// 1...8.
    let exif: Int

    /// A rectangle of a stored picture, `width` by `height` pixels, where it is displayed.
    func displayed(_ box: PictureBox, inWidth width: Int, height: Int) -> PictureBox {
        let right = width - box.x - box.width
        let below = height - box.y - box.height
        let x =
            switch exif {
            case 2, 3: right
            case 5, 8: box.y
            case 6, 7: below
            default: box.x
            }
        let y =
            switch exif {
            case 3, 4: below
            case 5, 6: box.x
            case 7, 8: right
            default: box.y
            }
        let isOnItsSide = exif >= 5
        return PictureBox(
            x: x, y: y, width: isOnItsSide ? box.height : box.width, height: isOnItsSide ? box.width : box.height)
    }
}

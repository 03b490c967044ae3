// OpenCV's way to the share of red: decode, convert to HSV, keep two ranges of hue, count. Prints for each FILE the least of
// ROUNDS times in nanoseconds, as JSON; the file's bytes are in memory, and there is one thread, as in `picture-check time`.
//
//     opencv ROUNDS FILE…
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

static int count_red(const std::vector<unsigned char> &bytes) {
    cv::Mat picture = cv::imdecode(bytes, cv::IMREAD_COLOR), hsv, low, high;
    if (picture.empty()) return -1;
    cv::cvtColor(picture, hsv, cv::COLOR_BGR2HSV);
    // Hue in halves of a degree, saturation and value of 255.
    cv::inRange(hsv, cv::Scalar(0, 102, 50), cv::Scalar(10, 255, 255), low);
    cv::inRange(hsv, cv::Scalar(170, 102, 50), cv::Scalar(179, 255, 255), high);
    return cv::countNonZero(low | high);
}

int main(int count, char **arguments) {
    cv::setNumThreads(0);
    for (int index = 2; index < count; index++) {
        std::ifstream file(arguments[index], std::ios::binary);
        std::vector<unsigned char> bytes((std::istreambuf_iterator<char>(file)), {});
        long long least = -1;
        int red = 0;
        for (int round = 0; round < std::atoi(arguments[1]); round++) {
            auto start = std::chrono::steady_clock::now();
            red = count_red(bytes);
            long long took = (std::chrono::steady_clock::now() - start) / std::chrono::nanoseconds(1);
            if (least < 0 || took < least) least = took;
        }
        std::printf("{\"file\":\"%s\",\"red\":%d,\"measure\":%lld}\n", arguments[index], red, red < 0 ? -1 : least);
    }
}

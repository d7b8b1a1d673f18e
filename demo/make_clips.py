"""Makes `clips/*.mp4`: a dozen silent clips of two seconds, VP9 in MP4, of which `media.mp4` chooses.

VP9 because browsers without licensed codecs play it. The encoder is only needed here, so it has an environment of its
own and isn't a dependency of this project:

    uv venv ELSEWHERE && uv pip install --python ELSEWHERE imageio-ffmpeg
    uv run python -m demo.make_clips ELSEWHERE/…/imageio_ffmpeg/binaries/ffmpeg-…

Each scene is a source of FFmpeg's own, so nothing here is anybody's picture.
"""

import subprocess
import sys
from pathlib import Path

CLIPS = Path(__file__).parent / "clips"
SIZE, RATE, SECONDS = "320x180", 30, 2
QUALITY = 46
"""VP9's constant quality, 0 to 63; higher is smaller."""

CELLS = (
    f"life=s=80x45:r={RATE}:seed={{seed}}:mold=10:life_color={{alive}}:death_color={{dead}},"
    "scale=320:180:flags=neighbor"
)
SOFT = f"gradients=s={SIZE}:r={RATE}:seed={{seed}}:speed=0.03:type={{type}}:n={{colours}}"
SCENES = {
    "dawn": SOFT.format(seed=1, type="linear", colours=3),
    "sea": SOFT.format(seed=7, type="radial", colours=4),
    "storm": SOFT.format(seed=21, type="spiral", colours=5),
    "wheel": SOFT.format(seed=33, type="circular", colours=6),
    "meadow": SOFT.format(seed=48, type="linear", colours=6),
    "night": SOFT.format(seed=64, type="radial", colours=2),
    "cells": CELLS.format(seed=5, alive="#ffd37a", dead="#20304a"),
    "moss": CELLS.format(seed=9, alive="#9be7a3", dead="#123524"),
    "dive": f"mandelbrot=s={SIZE}:r={RATE}:end_scale=0.2:end_pts=80",
    "shards": f"sierpinski=s={SIZE}:r={RATE}:seed=3:type=carpet",
    "bars": f"smptehdbars=s={SIZE}:r={RATE},hue=H=t*PI",
    "clock": f"testsrc2=s={SIZE}:r={RATE}",
}


def main(encoder: str) -> None:
    """Write every clip anew with the FFmpeg at `encoder`."""
    CLIPS.mkdir(exist_ok=True)
    for name, source in SCENES.items():
        subprocess.run([encoder, *_arguments(source), str(CLIPS / f"{name}.mp4")], check=True)


def _arguments(source: str) -> list[str]:
    picture = ["-c:v", "libvpx-vp9", "-crf", str(QUALITY), "-b:v", "0", "-pix_fmt", "yuv420p", "-g", "30"]
    plain = ["-movflags", "+faststart", "-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1"]
    return ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(SECONDS), *picture, *plain]


if __name__ == "__main__":
    main(sys.argv[1])

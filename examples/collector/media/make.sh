#!/usr/bin/env bash
# Makes the example's clips with ffmpeg: the film, four ads, and the same as HLS with interstitials.
# What it made is kept beside it; run it again only to change the clips.
set -euo pipefail
cd "$(dirname "$0")"

encode=(-c:v libx264 -profile:v main -preset veryslow -tune animation -crf 30 -pix_fmt yuv420p -r 25
  -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 24k -ac 1 -ar 32000
  -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact)
text="drawtext=fontcolor=white:x=(w-text_w)/2"

clip() { # name, seconds, tone in Hz, video
  ffmpeg -y -v error -f lavfi -i "$4" -f lavfi -i "sine=frequency=$3:sample_rate=32000" \
    -filter_complex "[1:a]volume=0.05,tremolo=f=2:d=0.6[a]" -map 0:v -map "[a]" -t "$2" \
    "${encode[@]}" -movflags +faststart "$1.mp4"
  rm -rf "hls/$1" && mkdir -p "hls/$1"
  ffmpeg -y -v error -i "$1.mp4" -map 0 -c copy -fflags +bitexact -f hls -hls_time 2 \
    -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags single_file \
    -hls_segment_filename "hls/$1/media.mp4" "hls/$1/index.m3u8"
}

ad() { # name, colour, tone, words
  clip "$1" 4 "$3" "color=$2:s=320x180:r=25,$text:fontsize=30:y=58:text='$4',$text:fontsize=15:y=104:text='Advertisement  %{eif\:4-t\:d}'"
}

# A sun that sets over the sea in twenty seconds, with a clock.
clip film 20 196 "color=0xf2a65a:s=320x180:r=25[sky];color=0xffe8a3:s=44x44:r=25,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*lte(hypot(X-22,Y-22),21)'[sun];color=0x1f5673:s=320x70:r=25[sea];[sky][sun]overlay=x=138+t*2:y=18+t*4[day];[day][sea]overlay=y=110,drawbox=x=0:y=110:w=320:h=2:color=0x5c8fa8:t=fill,$text:fontsize=34:y=126:text='%{eif\\:t\\:d\\:2} s'"
ad boots 0x8a3b1e 262 "Good boots"
ad tea 0x2f6b3a 294 "Strong tea"
ad bikes 0x5b3f8c 330 "Fast bikes"
ad lamps 0x94651a 349 "Warm lamps"

# The film's playlist again, with the ad breaks as interstitials.
interstitial() { # id, offset in seconds, further attributes
  date=$(printf '2026-01-01T00:00:%06.3fZ' "$2")
  echo "#EXT-X-DATERANGE:ID=\"$1\",CLASS=\"com.apple.hls.interstitial\",START-DATE=\"$date\",X-ASSET-LIST=\"$1.json\",X-RESUME-OFFSET=0${3:-}"
}
{
  sed '/^#EXT-X-MAP/,$d' hls/film/index.m3u8
  interstitial pre 0 ',CUE="PRE"'
  interstitial mid 8
  interstitial post 20 ',CUE="POST"'
  sed -n '/^#EXT-X-MAP/,$p' hls/film/index.m3u8 | sed 's/^#EXTINF/#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n&/;t done;b;:done;n;:rest;n;b rest' \
    | sed 's/media\.mp4/film\/media.mp4/'
} >hls/with-ads.m3u8
assets() { # id, ads
  local id=$1 list=""
  shift
  for name in "$@"; do list+="{\"URI\": \"/media/hls/$name/index.m3u8\", \"DURATION\": 4, \"X-AD-ID\": \"$name\"}, "; done
  printf '{"ASSETS": [%s]}\n' "${list%, }" >"hls/$id.json"
}
assets pre boots
assets mid tea bikes
assets post lamps
du -cb ./*.mp4 hls/*/media.mp4 | tail -n 1

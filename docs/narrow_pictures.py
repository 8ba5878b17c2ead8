"""On a phone a page shows the narrow drawing of a picture, if there is one: a hook of MkDocs."""

import re
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig

IMAGE: Final = re.compile(r'<img [^>]*?src="([^"]*/(pictures/[\w-]+))-(light|dark)\.svg[^>]*>')
PHONE: Final = "(max-width: 30em)"


def on_page_content(html: str, config: MkDocsConfig, **_: object) -> str:
    """Give each picture its narrow drawing."""
    assets = Path(config.docs_dir, "assets")

    def with_narrow(image: re.Match[str]) -> str:
        address, name, scheme = image.groups()
        if not (assets / f"{name}-narrow-{scheme}.svg").exists():
            return image[0]
        source = f'<source media="{PHONE}" srcset="{address}-narrow-{scheme}.svg">'
        return f"<picture>{source}{image[0]}</picture>"

    return IMAGE.sub(with_narrow, html)

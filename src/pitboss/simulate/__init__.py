"""Players at work: virtual people who launch, stake and pay in as browsers and casinos do, over HTTP alone."""

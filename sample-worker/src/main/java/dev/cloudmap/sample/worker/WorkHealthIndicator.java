package dev.cloudmap.sample.worker;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Reports the health of this worker. An operator can change it:
 * {@code curl -X POST localhost:PORT/health/down}.
 */
@RestController
@RequestMapping("/health")
class WorkHealthIndicator implements HealthIndicator {

	private volatile boolean fit = true;

	@PostMapping("/down")
	void down() {
		this.fit = false;
	}

	@PostMapping("/up")
	void up() {
		this.fit = true;
	}

	@Override
	public Health health() {
		return (this.fit ? Health.up() : Health.down()).build();
	}

}

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

	private volatile boolean healthy = true;

	@PostMapping("/down")
	void down() {
		this.healthy = false;
	}

	@PostMapping("/up")
	void up() {
		this.healthy = true;
	}

	@Override
	public Health health() {
		return (this.healthy ? Health.up() : Health.down()).build();
	}

}

package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Adds endpoints to a worker that set an error status and a delay and count the received
 * requests. The sample itself does not depend on it.
 */
@Configuration(proxyBeanMethods = false)
public class FaultyWorker {

	/** The header that identifies the caller. */
	static final String CALLER = "X-Caller";

	@Bean
	FaultFilter faultFilter(Faults faults) {
		return new FaultFilter(faults);
	}

	/**
	 * Sets the error status and the delay, and returns the numbers of received requests.
	 */
	@RestController
	@RequestMapping("/faults")
	static class Faults {

		private final Map<String, AtomicLong> received = new ConcurrentHashMap<>();

		private volatile int status;

		private volatile double fraction;

		private volatile Duration delay = Duration.ZERO;

		@PostMapping("/status")
		void status(@RequestParam("status") int status, @RequestParam("fraction") double fraction) {
			this.fraction = fraction;
			this.status = status;
		}

		@PostMapping("/delay")
		void delay(@RequestParam("millis") long millis) {
			this.delay = Duration.ofMillis(millis);
		}

		@GetMapping("/requests")
		Map<String, Long> received() {
			Map<String, Long> counts = new TreeMap<>();
			this.received.forEach((caller, count) -> counts.put(caller, count.get()));
			return counts;
		}

	}

	private static final class FaultFilter extends OncePerRequestFilter {

		private final Faults faults;

		FaultFilter(Faults faults) {
			this.faults = faults;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String caller = request.getHeader(CALLER);
			if (caller == null || !request.getRequestURI().equals("/")) {
				chain.doFilter(request, response);
				return;
			}
			this.faults.received.computeIfAbsent(caller, (name) -> new AtomicLong()).incrementAndGet();
			long end = System.nanoTime() + this.faults.delay.toNanos();
			for (long left = this.faults.delay.toNanos(); left > 0; left = end - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			if (ThreadLocalRandom.current().nextDouble() < this.faults.fraction) {
				response.setStatus(this.faults.status);
			}
			else {
				chain.doFilter(request, response);
			}
		}

	}

}

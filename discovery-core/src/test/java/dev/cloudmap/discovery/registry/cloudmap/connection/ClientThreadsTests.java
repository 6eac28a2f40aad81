package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.awaitility.Awaitility.await;

class ClientThreadsTests {

	@Test
	void theThreadForTimeoutsEndsWhenNoCallIsInProgress() throws Exception {
		ScheduledThreadPoolExecutor executor = CloudMapClients.timeoutExecutor();
		executor.schedule(() -> true, 0, TimeUnit.SECONDS).get();
		executor.schedule(() -> true, 1, TimeUnit.HOURS).cancel(false);
		await().until(() -> executor.getPoolSize() == 0);
	}

}

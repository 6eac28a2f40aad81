package dev.cloudmap.discovery.lookup.dns.query;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ResolverConfig;

import static org.assertj.core.api.Assertions.assertThat;

class MachineDnsServersTests {

	@TempDir
	private Path directory;

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);

	private final AtomicInteger reads = new AtomicInteger();

	@Test
	void readsTheServersWhenTheFileHasChanged() throws Exception {
		Path file = Files.writeString(this.directory.resolve("resolv.conf"), "nameserver 127.0.0.1");
		MachineDnsServers servers = servers(file);
		check(servers);
		assertThat(this.reads).hasValue(0);
		Files.setLastModifiedTime(file, FileTime.fromMillis(1));
		check(servers);
		assertThat(this.reads).hasValue(1);
		check(servers);
		assertThat(this.reads).hasValue(1);
	}

	@Test
	void checksTheFileEveryFiveSecondsAtMost() throws Exception {
		Path file = Files.writeString(this.directory.resolve("resolv.conf"), "nameserver 127.0.0.1");
		MachineDnsServers servers = servers(file);
		Files.setLastModifiedTime(file, FileTime.fromMillis(1));
		this.nanoTime.addAndGet(Duration.ofMillis(4999).toNanos());
		servers.addresses();
		assertThat(this.reads).hasValue(0);
		this.nanoTime.addAndGet(Duration.ofMillis(1).toNanos());
		servers.addresses();
		assertThat(this.reads).hasValue(1);
	}

	@Test
	void readsAFileThatIsCreatedLater() throws Exception {
		Path file = this.directory.resolve("resolv.conf");
		MachineDnsServers servers = servers(file);
		check(servers);
		assertThat(this.reads).hasValue(0);
		Files.writeString(file, "nameserver 127.0.0.1");
		check(servers);
		assertThat(this.reads).hasValue(1);
		Files.delete(file);
		check(servers);
		assertThat(this.reads).hasValue(1);
	}

	private MachineDnsServers servers(Path file) {
		return new MachineDnsServers(file, this.reads::incrementAndGet, this.nanoTime::get);
	}

	private void check(MachineDnsServers servers) {
		this.nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
		assertThat(servers.addresses()).isEqualTo(ResolverConfig.getCurrentConfig().servers());
	}

}

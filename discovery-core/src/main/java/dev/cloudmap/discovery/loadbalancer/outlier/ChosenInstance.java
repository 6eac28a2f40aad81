package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;

import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * An instance of the catalog with the attempt for which it was chosen. It equals the
 * catalog's. Its metadata leads to the attempt, too.
 */
final class ChosenInstance extends CatalogServiceInstance {

	private final Attempt attempt;

	ChosenInstance(CatalogServiceInstance chosen, Attempt attempt) {
		super(chosen);
		this.attempt = attempt;
	}

	Attempt attempt() {
		return this.attempt;
	}

	@Override
	public Map<String, String> getMetadata() {
		return new Metadata(super.getMetadata(), this.attempt);
	}

	/**
	 * An immutable view of an instance's metadata.
	 */
	static final class Metadata extends AbstractMap<String, String> {

		private final Map<String, String> entries;

		private final Attempt attempt;

		private Metadata(Map<String, String> entries, Attempt attempt) {
			this.entries = entries;
			this.attempt = attempt;
		}

		Attempt attempt() {
			return this.attempt;
		}

		@Override
		public Set<Entry<String, String>> entrySet() {
			return this.entries.entrySet();
		}

	}

}

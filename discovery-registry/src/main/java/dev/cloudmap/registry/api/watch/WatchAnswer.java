package dev.cloudmap.registry.api.watch;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer to a {@link WatchQuery}.
 *
 * @param revision the revision from which the next query continues
 * @param everything whether any service may have changed, because the changes since the
 * query's revision are not known
 * @param services the names of the services that have changed, as given to CreateService,
 * in the order of their last changes
 */
public record WatchAnswer(@JsonProperty("revision") long revision, @JsonProperty("everything") boolean everything,
		@JsonProperty("services") List<String> services) {

	static WatchAnswer everything(long revision) {
		return new WatchAnswer(revision, true, List.of());
	}

	/**
	 * Returns whether the answer reports any change.
	 */
	boolean isNews() {
		return this.everything || !this.services.isEmpty();
	}

}

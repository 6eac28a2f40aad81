package dev.cloudmap.registry.api.operation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Paging through a list that changes between pages.
 */
class PagePropertyTests {

	private static final int TRIES = 500;

	@Provide
	Arbitrary<Set<String>> ids() {
		return id().set().ofMaxSize(30);
	}

	private static Arbitrary<String> id() {
		return Arbitraries.strings().withChars("aAb-/0~").ofMinLength(1).ofMaxLength(3);
	}

	/** The changes between two pages. */
	@Provide
	Arbitrary<List<List<Edit>>> edits() {
		Arbitrary<Edit> edit = Combinators.combine(id(), Arbitraries.of(true, false)).as(Edit::new);
		return edit.list().ofMaxSize(5).list().ofMaxSize(10);
	}

	@Property(tries = TRIES)
	void returnsStableElementsOnce(@ForAll("ids") Set<String> first, @ForAll("edits") List<List<Edit>> edits,
			@ForAll @IntRange(min = 1, max = 7) int size) {
		Set<String> all = new HashSet<>(first);
		Set<String> throughout = new HashSet<>(first);
		Set<String> ever = new HashSet<>(first);
		List<String> seen = new ArrayList<>();
		String token = null;
		int pages = 0;
		do {
			Page<String> page = Page.of(all, Function.identity(), new Page.Request(List.of("list"), size, token));
			assertThat(page.elements()).hasSizeLessThanOrEqualTo(size);
			assertThat(all).containsAll(page.elements());
			seen.addAll(page.elements());
			token = page.nextToken();
			if (pages < edits.size()) {
				edits.get(pages).forEach((edit) -> edit.apply(all));
				throughout.retainAll(all);
				ever.addAll(all);
			}
			pages++;
			assertThat(pages).isLessThanOrEqualTo(ever.size() + 1);
		}
		while (token != null);
		assertThat(seen).doesNotHaveDuplicates().containsAll(throughout);
		assertThat(ever).containsAll(seen);
	}

	@Property(tries = TRIES)
	void hasNoEmptyLastPage(@ForAll("ids") Set<String> all, @ForAll @IntRange(min = 1, max = 7) int size) {
		String token = null;
		int pages = 0;
		do {
			Page<String> page = Page.of(all, Function.identity(), new Page.Request(List.of("list"), size, token));
			assertThat(page.elements().isEmpty()).isEqualTo(all.isEmpty());
			token = page.nextToken();
			pages++;
		}
		while (token != null);
		assertThat(pages).isEqualTo(Math.max(1, (all.size() + size - 1) / size));
	}

	/**
	 * An addition or a removal.
	 */
	record Edit(String id, boolean added) {

		void apply(Set<String> all) {
			if (this.added) {
				all.add(this.id);
			}
			else {
				all.remove(this.id);
			}
		}

	}

}

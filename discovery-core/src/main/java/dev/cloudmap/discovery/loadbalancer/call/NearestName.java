package dev.cloudmap.discovery.loadbalancer.call;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;

/**
 * Finds the most similar name to one that may be mistyped, by the number of letters that
 * are added, left out, changed or swapped with their neighbour.
 */
public final class NearestName {

	/** One mistake in so many letters, and one more. */
	private static final int LETTERS_PER_MISTAKE = 4;

	private NearestName() {
	}

	/**
	 * The name that is nearest.
	 * @param wanted the name that may be mistyped
	 * @param names the names to choose from
	 * @return the nearest, the first in order of several; empty if none is near
	 */
	static Optional<String> of(String wanted, Collection<String> names) {
		int limit = 1 + wanted.length() / LETTERS_PER_MISTAKE;
		return names.stream()
			.filter((name) -> Math.abs(name.length() - wanted.length()) <= limit)
			.map((name) -> new Candidate(name, distance(lower(wanted), lower(name))))
			.filter((candidate) -> candidate.distance() <= limit && candidate.distance() < wanted.length())
			.min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
			.map(Candidate::name);
	}

	private static String lower(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

	/**
	 * The optimal string alignment distance.
	 */
	public static int distance(String one, String other) {
		int[][] distances = new int[one.length() + 1][other.length() + 1];
		for (int i = 0; i <= one.length(); i++) {
			for (int j = 0; j <= other.length(); j++) {
				distances[i][j] = (i == 0 || j == 0) ? i + j : distance(one, other, i, j, distances);
			}
		}
		return distances[one.length()][other.length()];
	}

	/** The distance of the first {@code i} and {@code j} letters. */
	private static int distance(String one, String other, int i, int j, int[][] known) {
		int changed = known[i - 1][j - 1] + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
		int nearest = Math.min(changed, Math.min(known[i - 1][j], known[i][j - 1]) + 1);
		boolean swapped = i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
				&& one.charAt(i - 2) == other.charAt(j - 1);
		return swapped ? Math.min(nearest, known[i - 2][j - 2] + 1) : nearest;
	}

	private record Candidate(String name, int distance) {
	}

}

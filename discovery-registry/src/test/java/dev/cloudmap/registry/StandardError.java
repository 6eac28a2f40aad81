package dev.cloudmap.registry;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Captures the standard error stream, to which the tests log.
 */
public final class StandardError {

	private StandardError() {
	}

	/**
	 * Returns the lines that an action writes.
	 * @param action the action
	 * @return the lines
	 */
	public static List<String> linesOf(Runnable action) {
		PrintStream errors = System.err;
		ByteArrayOutputStream captured = new ByteArrayOutputStream();
		System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
		try {
			action.run();
		}
		finally {
			System.setErr(errors);
		}
		return captured.toString(StandardCharsets.UTF_8).lines().toList();
	}

}

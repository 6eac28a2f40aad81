package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * DNS clients that send the same query and print the response in the same form: the
 * question, the response code, flags and EDNS payload size, then one line per record,
 * prefixed with its section, in alphabetical order. The serial number of SOA records is
 * omitted.
 */
enum DnsClient {

	/** dnsjava, always available. */
	DNSJAVA {

		@Override
		boolean isInstalled() {
			return true;
		}

		@Override
		String ask(InetSocketAddress server, List<String> arguments) throws IOException {
			boolean tcp = arguments.contains("+tcp");
			try (RawDnsClient client = tcp ? RawDnsClient.tcp(server) : RawDnsClient.udp(server)) {
				return form(client.ask(query(arguments)));
			}
		}

	},

	/** dig of BIND. */
	DIG {

		@Override
		boolean isInstalled() {
			return runs("dig", "-v");
		}

		@Override
		String ask(InetSocketAddress server, List<String> arguments) throws IOException {
			// Ignore the default options of the user.
			List<String> command = command(server, "dig", "-r");
			command.addAll(arguments);
			return form(run(command));
		}

	},

	/** kdig of Knot. */
	KDIG {

		@Override
		boolean isInstalled() {
			return runs("kdig", "-V");
		}

		@Override
		boolean knows(List<String> arguments) {
			// kdig has no such option and converts names to lower case.
			return arguments.stream()
				.noneMatch((argument) -> argument.startsWith("+opcode")
						|| (argument.contains(".") && !argument.equals(argument.toLowerCase(Locale.ROOT))));
		}

		@Override
		String ask(InetSocketAddress server, List<String> arguments) throws IOException {
			List<String> command = command(server, "kdig");
			arguments.stream().filter((argument) -> !argument.equals("+noednsneg")).forEach(command::add);
			return form(run(command));
		}

	};

	private static final int TIMEOUT_SECONDS = 20;

	private static final List<String> SECTIONS = List.of("answer", "authority", "additional");

	private static final Pattern STATUS = Pattern.compile("status: (\\w+)");

	private static final Pattern FLAGS = Pattern.compile("^;; [Ff]lags: ([a-z ]*);", Pattern.MULTILINE);

	private static final Pattern PAYLOAD = Pattern.compile("(?:udp|UDP size): (\\d+)");

	private static final Pattern SECTION = Pattern.compile(
			"^;; (QUESTION|ANSWER|AUTHORITY|ADDITIONAL) SECTION:\n(.*?)\n(?:\n|\\z)",
			Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern SERIAL = Pattern.compile("( SOA \\S+ \\S+) \\d+");

	abstract boolean isInstalled();

	/**
	 * Returns whether the client supports the query.
	 */
	boolean knows(List<String> arguments) {
		return true;
	}

	/**
	 * Sends a query given as arguments of dig.
	 */
	abstract String ask(InetSocketAddress server, List<String> arguments) throws IOException;

	private static Message query(List<String> arguments) throws IOException {
		int reverse = arguments.indexOf("-x");
		Message query = (reverse >= 0)
				? RawDnsClient.query(ReverseMap.fromAddress(arguments.get(reverse + 1)).toString(), Type.PTR)
				: RawDnsClient.query(arguments.get(0) + ".", Type.value(arguments.get(1)));
		int version = -1;
		int payload = 1232;
		List<EDNSOption> options = new ArrayList<>();
		for (String argument : arguments) {
			String value = argument.substring(argument.indexOf('=') + 1);
			switch (argument.split("=", -1)[0]) {
				case "+edns" -> version = Integer.parseInt(value);
				case "+bufsize" -> payload = Integer.parseInt(value);
				case "+ednsopt" -> options.add(new GenericEDNSOption(Integer.parseInt(value.split(":", -1)[0]),
						new byte[] { (byte) Integer.parseInt(value.split(":", -1)[1], 16) }));
				case "+opcode" -> query.getHeader().setOpcode(Opcode.value(value.toUpperCase(Locale.ROOT)));
				case "+norec" -> query.getHeader().unsetFlag(Flags.RD);
				default -> {
				}
			}
		}
		if (version >= 0) {
			query.addRecord(new OPTRecord(payload, 0, version, 0, options), Section.ADDITIONAL);
		}
		return query;
	}

	private static String form(Message message) {
		StringBuilder flags = new StringBuilder();
		for (int flag = 0; flag < 16; flag++) {
			if (Flags.isFlag(flag) && message.getHeader().getFlag(flag)) {
				flags.append(' ').append(Flags.string(flag));
			}
		}
		OPTRecord opt = message.getOPT();
		List<String> records = new ArrayList<>();
		for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
			for (Record entry : message.getSection(section)) {
				if (!(entry instanceof OPTRecord)) {
					records.add("%s %s %d %s %s".formatted(SECTIONS.get(section - 1), entry.getName(), entry.getTTL(),
							Type.string(entry.getType()), data(entry)));
				}
			}
		}
		Record question = message.getQuestion();
		return form(question.getName() + " " + Type.string(question.getType()),
				(message.getRcode() == Rcode.BADVERS) ? "BADVERS" : Rcode.string(message.getRcode()), flags.toString(),
				(opt != null) ? String.valueOf(opt.getPayloadSize()) : null, records);
	}

	private static String data(Record entry) {
		// dnsjava writes all zeros.
		return (entry instanceof AAAARecord address)
				? address.getAddress().getHostAddress().replaceFirst("(:0)+:", "::") : entry.rdataToString();
	}

	private static String form(String output) {
		List<String> records = new ArrayList<>();
		String question = "";
		Matcher section = SECTION.matcher(output);
		while (section.find()) {
			for (String line : section.group(2).lines().toList()) {
				if (section.group(1).equals("QUESTION")) {
					question = line.replaceAll("^;+ ?", "").replaceAll("\\s+IN\\s+", " ");
				}
				else {
					records.add(section.group(1).toLowerCase(Locale.ROOT) + " "
							+ line.replaceFirst("\\sIN\\s", " ").replaceAll("\\s+", " "));
				}
			}
		}
		return form(question, find(STATUS, output), " " + find(FLAGS, output), find(PAYLOAD, output), records);
	}

	private static String form(String question, String status, String flags, String payload, List<String> records) {
		StringBuilder form = new StringBuilder(
				"? %s\n%s%s%s".formatted(question, status, flags, (payload != null) ? ", EDNS " + payload : ""));
		records.stream()
			.map((entry) -> SERIAL.matcher(entry).replaceFirst("$1"))
			.sorted()
			.forEach((entry) -> form.append('\n').append(entry));
		return form.toString();
	}

	private static String find(Pattern pattern, String output) {
		Matcher matcher = pattern.matcher(output);
		return matcher.find() ? matcher.group(1) : null;
	}

	private static List<String> command(InetSocketAddress server, String... beginning) {
		List<String> command = new ArrayList<>(List.of(beginning));
		command.addAll(List.of("@" + server.getAddress().getHostAddress(), "-p", String.valueOf(server.getPort())));
		return command;
	}

	private static boolean runs(String... command) {
		try {
			run(List.of(command));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String run(List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException(command + " does not end");
			}
			return output;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

}

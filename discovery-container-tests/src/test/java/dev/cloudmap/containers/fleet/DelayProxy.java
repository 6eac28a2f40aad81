package dev.cloudmap.containers.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A proxy program that forwards connections and delays their data:
 * {@code DelayProxy MILLISECONDS PORT=HOST:PORT...}.
 */
public final class DelayProxy {

	private static final int BUFFER = 64 * 1024;

	private DelayProxy() {
	}

	public static void main(String[] args) throws IOException {
		long delay = Long.parseLong(args[0]);
		for (int i = 1; i < args.length; i++) {
			String[] parts = args[i].split("=", 2);
			int colon = parts[1].lastIndexOf(':');
			InetAddress host = InetAddress.getByName(parts[1].substring(0, colon));
			int port = Integer.parseInt(parts[1].substring(colon + 1));
			ServerSocket server = new ServerSocket(Integer.parseInt(parts[0]));
			start(() -> accept(server, host, port, delay));
		}
		System.out.println("ready");
	}

	private static void accept(ServerSocket server, InetAddress host, int port, long delay) throws Exception {
		while (true) {
			Socket client = server.accept();
			start(() -> {
				Socket target = new Socket(host, port);
				start(() -> pass(client, target, delay));
				pass(target, client, 0);
			});
		}
	}

	private static void pass(Socket from, Socket to, long delay) throws Exception {
		try (from; to) {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			byte[] buffer = new byte[BUFFER];
			for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
				Thread.sleep(delay);
				output.write(buffer, 0, length);
			}
		}
	}

	private static void start(Task task) {
		new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				// the connection is closed
			}
		}).start();
	}

	private interface Task {

		void run() throws Exception;

	}

}

package io.waggle.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports for parts that must know theirs before they bind. */
final class FreePort {
  private FreePort() {}

  /**
   * A loopback port that was free a moment ago. A small race with other processes remains; who
   * loses it fails to start and names the port.
   */
  static int any() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    }
  }
}

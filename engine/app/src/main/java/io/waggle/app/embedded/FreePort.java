package io.waggle.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports for parts that must know theirs before they bind. */
public final class FreePort {
  private FreePort() {}

  /**
   * A loopback port that was free a moment ago. A small race with other processes remains; who
   * loses it fails to start and names the port.
   */
  static int any() {
    return several(1).get(0);
  }

  /** So many of them, no two the same. */
  public static List<Integer> several(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    } finally {
      sockets.forEach(FreePort::close);
    }
  }

  /**
   * Checks a port that was asked for.
   *
   * @throws IllegalStateException when another process listens on it
   */
  public static void check(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IllegalStateException("port %d: taken (expected: a free port)".formatted(port), e);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

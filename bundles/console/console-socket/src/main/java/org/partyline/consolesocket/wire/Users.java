package org.partyline.consolesocket.wire;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/** Finds the names and numbers of users. */
public final class Users {
    private static final Path THIS_PROCESS = Path.of("/proc/self");

    private Users() {}

    /** Returns the user of this process. */
    public static UserPrincipal own() throws IOException {
        if (Files.exists(THIS_PROCESS)) {
            return Files.getOwner(THIS_PROCESS);
        }
        return named(System.getProperty("user.name"));
    }

    /** Returns root, who may do everything anyway. */
    public static UserPrincipal root() throws IOException {
        // By number, which also works on a system without user names.
        return named("0");
    }

    private static UserPrincipal named(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    /**
     * Returns the user at the other end, as reported by the operating system; if it reports none, only the permissions
     * of the socket's directory protect it.
     *
     * @param otherwise the assumed user in that case
     */
    public static UserPrincipal peer(SocketChannel channel, UserPrincipal otherwise) throws IOException {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return otherwise;
        }
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }
}

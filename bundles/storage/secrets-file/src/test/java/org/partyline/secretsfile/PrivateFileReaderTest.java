package org.partyline.secretsfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

class PrivateFileReaderTest {
    private static final byte[] CONTENT = "ours".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void aPrivateFile() throws Exception {
        file = Files.write(directory.resolve("file"), CONTENT);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private String refusal(Object owner, int most) {
        return assertThrows(SecretStoreException.class, () -> PrivateFileReader.read("the file", file, owner, most))
                .getMessage();
    }

    @Test
    void aFileMayBeAsLongAsTheMostAndNoLonger() throws Exception {
        Object owner = Files.getOwner(file);
        assertArrayEquals(CONTENT, PrivateFileReader.read("the file", file, owner, CONTENT.length));
        assertTrue(refusal(owner, CONTENT.length - 1).contains("has more than 3 bytes"));
    }

    @Test
    void aFileThatArrivesInPiecesIsReadWholeAndNothingOfItIsLeft() throws Exception {
        List<byte[]> buffers = new ArrayList<>();
        byte[] read = PrivateFileReader.read("the file", file, Files.getOwner(file), 100, path -> {
            SeekableByteChannel whole = PrivateFileReader.open(path);
            int[] calls = {0};
            return (SeekableByteChannel) Proxy.newProxyInstance(
                    SeekableByteChannel.class.getClassLoader(),
                    new Class<?>[] {SeekableByteChannel.class},
                    (self, method, arguments) -> {
                        if (!method.getName().equals("read")) {
                            return method.invoke(whole, arguments);
                        }
                        ByteBuffer target = (ByteBuffer) arguments[0];
                        buffers.add(target.array());
                        // Nothing at first, then a byte.
                        ByteBuffer piece = ByteBuffer.allocate(calls[0]++ % 2);
                        int length = piece.hasRemaining() ? whole.read(piece) : 0;
                        target.put(piece.flip());
                        return length;
                    });
        });
        assertArrayEquals(CONTENT, read);
        assertTrue(buffers.size() > CONTENT.length);
        assertArrayEquals(new byte[101], buffers.get(0));
    }

    @Test
    void aRefusalNamesWhoTheServerRunsAs() {
        UserPrincipal other = new UserPrincipal() {
            @Override
            public String getName() {
                return "partyline";
            }

            @Override
            public String toString() {
                return "something else";
            }
        };
        assertTrue(refusal(other, 100).contains("but the server runs as partyline: change its owner"));
        assertTrue(refusal("a name", 100).contains("but the server runs as a name: change its owner"));
    }

    /** Like /tmp: others may write there, but cannot remove our files. */
    @Test
    void aDirectoryFromWhichNobodyElseRemovesIsGoodEnough() throws Exception {
        Files.setAttribute(directory, "unix:mode", 01777);
        assertArrayEquals(CONTENT, PrivateFileReader.read("the file", file, Files.getOwner(file), 100));
        Files.setAttribute(directory, "unix:mode", 0777);
        assertTrue(refusal(Files.getOwner(file), 100).contains("others can write to the directory"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw----", "rw----r--", "rw-----w-"})
    void aCredentialThatOthersReadOrChangeIsRefused(String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
        assertArrayEquals(CONTENT, PrivateFileReader.readCredential("the credential", file, 100));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        SecretStoreException refused = assertThrows(
                SecretStoreException.class, () -> PrivateFileReader.readCredential("the credential", file, 100));
        assertTrue(refused.getMessage().contains("has the permissions " + mode), refused.getMessage());
    }

    @Test
    void aCredentialIsARegularFile() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        SecretStoreException refused = assertThrows(
                SecretStoreException.class, () -> PrivateFileReader.readCredential("the credential", link, 100));
        assertEquals(
                "the credential " + link + " is a symbolic link: replace it with a regular file", refused.getMessage());
    }
}

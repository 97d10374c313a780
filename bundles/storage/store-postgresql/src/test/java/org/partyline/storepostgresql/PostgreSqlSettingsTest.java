package org.partyline.storepostgresql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.config.Setting;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;
import org.postgresql.ssl.LibPQFactory;

class PostgreSqlSettingsTest {
    private static final String SECRET = "a-password-of-a-test";

    @TempDir
    Path etc;

    private PostgreSqlSettings parse(String... pairs) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        return PostgreSqlSettings.parse(properties, etc);
    }

    private void password(String modes) throws IOException {
        Path file = etc.resolve("postgresql.password");
        Files.writeString(file, SECRET + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(modes));
    }

    @Test
    void whatIsNotSetHasADefault() {
        PostgreSqlSettings settings = parse("url", "jdbc:postgresql://db.example.org/partyline", "name", "");
        assertEquals("db.example.org", settings.host());
        assertEquals(5432, settings.port());
        assertEquals("partyline", settings.database());
        assertEquals("partyline", settings.user());
        assertEquals(etc.resolve("postgresql.password"), settings.passwordFile());
        assertNull(settings.rootCertificates());
        assertEquals(hostName(), settings.name());
        assertEquals(65535, parse("url", "jdbc:postgresql://db:65535/partyline").port());
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.matches("[A-Za-z0-9._-]{1,60}") ? name : "server";
        } catch (UnknownHostException e) {
            return "server";
        }
    }

    @Test
    void withoutAUrlThereIsNoSuchDatabase() {
        assertFalse(PostgreSqlSettings.isSet(Map.of()));
        assertFalse(PostgreSqlSettings.isSet(Map.of("url", "  ")));
        assertTrue(PostgreSqlSettings.isSet(Map.of("url", "x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x",
                "jdbc:postgresql:partyline",
                "jdbc:postgresql://db/partyline?sslmode=disable",
                "jdbc:postgresql://me:" + SECRET + "@db/partyline",
                "jdbc:postgresql://db/partyline?password=" + SECRET,
                "jdbc:postgresql://one,two/partyline",
                "jdbc:postgresql://db:0/partyline",
                "jdbc:postgresql://db:65536/partyline"
            })
    void aUrlThatIsNotPlainIsRefusedAndNotRepeatedWithWhatMayBeAPassword(String url) {
        String message = assertThrows(IllegalArgumentException.class, () -> parse("url", url))
                .getMessage();
        assertTrue(message.startsWith("org.partyline.store.postgresql.cfg: url"), message);
        assertFalse(message.contains(SECRET), message);
    }

    @ParameterizedTest
    @CsvSource({"user,a b", "user,a;b", "name,two words"})
    void otherValuesAreCheckedToo(String key, String value) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> parse("url", "jdbc:postgresql://db/p", key, value))
                .getMessage();
        assertTrue(message.contains(key + " = " + value + ": it must be"), message);
    }

    @Test
    void ofAValueEightyCharactersAreShown() {
        String most = "a".repeat(80);
        String message = assertThrows(
                        IllegalArgumentException.class, () -> parse("url", "jdbc:postgresql://db/p", "user", most))
                .getMessage();
        assertTrue(message.contains("user = " + most + ": it must be"), message);
        message = assertThrows(
                        IllegalArgumentException.class,
                        () -> parse("url", "jdbc:postgresql://db/p", "user", most + "a"))
                .getMessage();
        assertTrue(message.contains("user = " + most + "…: it must be"), message);
    }

    @Test
    void theSettingsThatAreDeclaredAreThoseThatAreRead() {
        PostgreSqlConfiguration declared = new PostgreSqlConfiguration();
        assertEquals("org.partyline.store.postgresql", declared.pid());
        assertTrue(declared.title().startsWith("The PostgreSQL database that this server shares"), declared::title);
        assertEquals(
                List.of("url", "user", "password-file", "root-certificates", "name"),
                declared.settings().stream().map(Setting::key).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "127.0.0.1", "127.1.2.3", "[::1]"})
    void onThisMachineNoTlsIsAskedFor(String host) throws Exception {
        password("rw-------");
        PGSimpleDataSource source =
                parse("url", "jdbc:postgresql://" + host + "/partyline").dataSource("test", 5, null);
        assertEquals("disable", source.getSslMode());
    }

    @Test
    void aConnectionHasANameAndLimits() throws Exception {
        password("rw-------");
        PGSimpleDataSource source =
                parse("url", "jdbc:postgresql://db:5433/partyline").dataSource("test", 5, null);
        assertArrayEquals(new String[] {"db"}, source.getServerNames());
        assertArrayEquals(new int[] {5433}, source.getPortNumbers());
        assertEquals("test", source.getApplicationName());
        assertEquals(4, source.getConnectTimeout());
        assertEquals(4, source.getLoginTimeout());
        assertEquals(5, source.getSocketTimeout());
        assertTrue(source.getTcpKeepAlive());
        assertFalse(source.getLogServerErrorDetail(), "it may contain a row");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db", "db.example.org", "192.0.2.1", "[2001:db8::1]", "localhost.example.org", "128.0.0.1"})
    void anotherMachineHasToShowACertificateThatBearsItsName(String host) throws Exception {
        password("rw-------");
        PostgreSqlSettings settings = parse("url", "jdbc:postgresql://" + host + "/partyline");
        PGSimpleDataSource source = settings.dataSource("test", 5, null);
        assertEquals("verify-full", source.getSslMode());
        assertEquals(DefaultJavaSSLFactory.class.getName(), source.getSslfactory());
        PGSimpleDataSource own = parse("url", "jdbc:postgresql://" + host + "/p", "root-certificates", "root.pem")
                .dataSource("test", 5, null);
        assertEquals("verify-full", own.getSslMode());
        assertEquals(LibPQFactory.class.getName(), own.getSslfactory());
        assertEquals(etc.resolve("root.pem").toString(), own.getSslRootCert());
    }

    @Test
    void thePasswordIsReadFromAFileOfThisUserOnly() throws Exception {
        PostgreSqlSettings settings = parse("url", "jdbc:postgresql://db/partyline");
        assertTrue(assertThrows(IOException.class, () -> settings.dataSource("test", 5, null))
                .getMessage()
                .contains("is missing"));
        password("rw-r-----");
        String message = assertThrows(IOException.class, () -> settings.dataSource("test", 5, null))
                .getMessage();
        assertTrue(message.contains("(rw-r-----): run chmod 600 on it"), message);
        assertFalse(message.contains(SECRET), message);
        password("rw-------");
        assertEquals(SECRET, settings.dataSource("test", 5, null).getPassword());
        assertFalse(settings.toString().contains(SECRET));
        Path file = etc.resolve("postgresql.password");
        Files.writeString(file, "a".repeat(1024));
        assertEquals("a".repeat(1024), settings.dataSource("test", 5, null).getPassword());
        Files.writeString(file, "a".repeat(1025));
        assertTrue(assertThrows(IOException.class, () -> settings.dataSource("test", 5, null))
                .getMessage()
                .contains("has more than 1024 bytes"));
    }

    /**
     * Messages of PostgreSQL's protocol, version 3.0: AuthenticationCleartextPassword, -MD5Password, -SSPI, and none at
     * all.
     */
    @ParameterizedTest
    @ValueSource(strings = {"00000003", "0000000501020304", "00000009", "00000000"})
    void whoeverHoldsThePortGetsNoPasswordAndNoSession(String method) throws Exception {
        password("rw-------");
        byte[] asks = HexFormat.of().parseHex(method);
        try (ServerSocket thief = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> {
                try (Socket caller = thief.accept();
                        DataInputStream in = new DataInputStream(caller.getInputStream());
                        DataOutputStream out = new DataOutputStream(caller.getOutputStream())) {
                    in.readNBytes(in.readInt() - Integer.BYTES);
                    out.writeByte('R');
                    out.writeInt(Integer.BYTES + asks.length);
                    out.write(asks);
                    out.flush();
                    return in.readAllBytes();
                } catch (IOException e) {
                    return new byte[0];
                }
            });
            PGSimpleDataSource source = parse(
                            "url", "jdbc:postgresql://127.0.0.1:" + thief.getLocalPort() + "/partyline")
                    .dataSource("test", 5, null);

            SQLException refused = assertThrows(SQLException.class, source::getConnection);

            assertFalse(refused.getMessage().contains(SECRET), refused.getMessage());
            assertEquals(
                    "",
                    new String(answer.get(), StandardCharsets.ISO_8859_1).replaceAll("^X\\x00\\x00\\x00\\x04$", ""));
        }
    }
}

package org.partyline.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.partyline.api.PartylineException;
import org.partyline.api.log.LogSettings;
import org.partyline.api.log.LogSettings.Format;
import org.partyline.api.log.LogSettings.Level;

/** Levels of this program's bundles are set, in the file and at once; those of others are not. */
class LogServiceTest {
    @TempDir
    Path etc;

    private Path file;
    private Hashtable<String, Object> values;
    private Runnable atRead = () -> {};
    private LogService service;

    @BeforeEach
    void begin() throws Exception {
        file = etc.resolve("org.ops4j.pax.logging.cfg");
        Files.writeString(file, """
                # A remark.
                log4j2.rootLogger.appenderRef.file.ref = File
                log4j2.logger.partyline.level = INFO
                log4j2.appender.json.name = Json
                log4j2.long = one \\
                  two
                """);
        values = new Hashtable<>();
        values.put("log4j2.rootLogger.appenderRef.file.ref", "File");
        values.put("log4j2.logger.partyline.level", "INFO");
        values.put("log4j2.appender.json.name", "Json");
        Configuration configuration = fake(Configuration.class, (method, given) -> {
            if (method.equals("update")) {
                Hashtable<String, Object> next = new Hashtable<>();
                Dictionary<?, ?> told = (Dictionary<?, ?>) given[0];
                told.keys().asIterator().forEachRemaining(key -> next.put((String) key, told.get(key)));
                values = next;
                return null;
            }
            Hashtable<String, Object> read = new Hashtable<>(values);
            atRead.run();
            return read;
        });
        ConfigurationAdmin admin = fake(ConfigurationAdmin.class, (method, given) -> configuration);
        Bundle[] bundles = {
            bundle("org.partyline.vault", "org.partyline.vault,org.partyline.vault", null),
            bundle("org.partyline.carrier-rolling", "org.partyline.carrier.rolling", null),
            bundle(
                    "org.partyline.api-spi",
                    null,
                    "org.partyline.api;version=\"1.0\";uses:=\"a,b\",org.partyline.api.log"),
            bundle("org.partyline.bitcoinj", "org.bitcoinj.core", null),
            bundle("org.jline", "org.jline", null),
        };
        BundleContext context = fake(BundleContext.class, (method, given) -> bundles);
        service = new LogService(new OurLoggers(context), new LogConfiguration(admin, Optional.of(new LogFile(file))));
    }

    @Test
    void twoChangesAtOnceAreBothKept() throws Exception {
        Thread other = new Thread(() -> {
            try {
                service.set("carrier-rolling", Level.TRACE);
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
        });
        atRead = () -> {
            atRead = () -> {};
            other.start();
            while (other.getState() != Thread.State.BLOCKED && other.isAlive()) {
                Thread.onSpinWait();
            }
        };
        service.set("vault", Level.DEBUG);
        other.join();
        assertEquals(
                Map.of("vault", Level.DEBUG, "carrier-rolling", Level.TRACE),
                service.entries().stream()
                        .filter(LogSettings.Entry::own)
                        .collect(Collectors.toMap(LogSettings.Entry::bundle, LogSettings.Entry::level)));
    }

    private static Bundle bundle(String name, String own, String exported) {
        Hashtable<String, String> headers = new Hashtable<>();
        Optional.ofNullable(own).ifPresent(header -> headers.put("Private-Package", header));
        Optional.ofNullable(exported).ifPresent(header -> headers.put("Export-Package", header));
        return fake(Bundle.class, (method, given) -> method.equals("getSymbolicName") ? name : headers);
    }

    private interface Answer {
        Object to(String method, Object[] given) throws Exception;
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, given) -> answer.to(method.getName(), given)));
    }

    @Test
    void bundlesAreListedWithTheirLoggers() throws Exception {
        assertEquals(
                List.of(
                        new LogSettings.Entry("api-spi", "org.partyline.api", Level.INFO, false),
                        new LogSettings.Entry("carrier-rolling", "org.partyline.carrier.rolling", Level.INFO, false),
                        new LogSettings.Entry("vault", "org.partyline.vault", Level.INFO, false)),
                service.entries());
    }

    @Test
    void aLevelIsInTheFileAndCountsAtOnce() throws Exception {
        service.set("vault", Level.DEBUG);
        assertEquals("DEBUG", values.get("log4j2.logger.partyline-vault.level"));
        assertEquals("org.partyline.vault", values.get("log4j2.logger.partyline-vault.name"));
        assertTrue(Files.readString(file).contains("log4j2.logger.partyline-vault.level = DEBUG\n"));
        assertTrue(Files.readString(file).startsWith("# A remark.\n"), "the rest is as it was");
        assertTrue(Files.readString(file).contains("log4j2.long = one \\\n  two\n"), "the rest is as it was");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(
                new LogSettings.Entry("vault", "org.partyline.vault", Level.DEBUG, true),
                service.entries().get(2));
        service.reset("vault");
        assertFalse(Files.readString(file).contains("partyline-vault"));
        assertFalse(values.containsKey("log4j2.logger.partyline-vault.name"));
    }

    @Test
    void loggersThatWouldWriteDownWhatIsTypedAreNotSet() throws Exception {
        String before = Files.readString(file);
        for (String other : List.of("org.jline", "jline", "bitcoinj", "org.apache.karaf.shell", "root", "", "x\ny")) {
            assertTrue(assertThrows(PartylineException.class, () -> service.set(other, Level.TRACE))
                    .getMessage()
                    .contains("typed text"));
            assertThrows(PartylineException.class, () -> service.reset(other));
        }
        assertEquals(before, Files.readString(file));
    }

    @Test
    void theFormKeepsItsPlaceInTheFile() throws Exception {
        assertEquals(Format.TEXT, service.format());
        service.format(Format.JSON);
        assertEquals(Format.JSON, service.format());
        assertTrue(Files.readString(file)
                .startsWith("# A remark.\nlog4j2.rootLogger.appenderRef.file.ref = Json\nlog4j2.logger"));
        service.format(Format.TEXT);
        assertEquals(Format.TEXT, service.format());
    }

    @Test
    void jsonIsRefusedWhereAnOldFileHasNoSuchAppender() {
        values.remove("log4j2.appender.json.name");
        assertTrue(assertThrows(PartylineException.class, () -> service.format(Format.JSON))
                .getMessage()
                .contains(".new file beside it"));
    }
}

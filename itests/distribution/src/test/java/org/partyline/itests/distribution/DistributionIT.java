package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.ProbeBuilder;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeInformation;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/** Tests the packed distribution from inside its framework. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionIT {

    @Inject
    private BundleContext context;

    @Inject
    private ServiceComponentRuntime components;

    @Inject
    private MetaTypeService metatype;

    @Inject
    @Filter("(partyline.literal=true)")
    private SessionFactory sessions;

    @ProbeBuilder
    public TestProbeBuilder allowed(TestProbeBuilder probe) {
        return PartylineContainer.allowed(probe);
    }

    @Configuration
    public Option[] configuration() {
        return new Option[] {PartylineContainer.distribution()};
    }

    @Before
    public void awaitStart() throws InterruptedException {
        PartylineContainer.awaitStart(context);
    }

    @Test
    public void everyBundleIsActiveAndEveryFragmentResolved() {
        List<String> idle = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getState() != (fragment ? Bundle.RESOLVED : Bundle.ACTIVE)) {
                idle.add(bundle.getSymbolicName() + " in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), idle);
    }

    @Test
    public void everyBundleOfOursIsThere() {
        List<String> missing = new ArrayList<>(List.of(
                "api-spi",
                "api-app",
                "api-messaging",
                "kdf-argon2id",
                "kdf-pbkdf2",
                "kdf-scrypt",
                "kem-mlkem768",
                "aead-xchacha20poly1305",
                "aead-aes256gcm",
                "aead-chacha20poly1305",
                "aead-aes256eax",
                "padding",
                "packet",
                "ratchet",
                "legacy-v1",
                "store-jdbc",
                "store-postgresql",
                "bitcoinj",
                "transport-embedded",
                "transport-rpc",
                "secrets-file",
                "secrets-keyring",
                "secrets-unlock",
                "hardening",
                "doctor",
                "metrics",
                "logs",
                "hooks",
                "panic",
                "pace",
                "cover",
                "settings",
                "suites",
                "nodes",
                "vault",
                "mailbox",
                "contacts",
                "channels",
                "messages",
                "backup",
                "privacy",
                "sealing",
                "delivery",
                "receive",
                "console-line",
                "shell",
                "chat",
                "console-socket"));
        for (Bundle bundle : context.getBundles()) {
            missing.remove(bundle.getSymbolicName().replaceFirst("^org\\.partyline\\.", ""));
        }
        assertEquals(List.of(), missing);
    }

    @Test
    public void everyComponentOfOursThatNeedsNoConfigurationIsSatisfied() {
        List<String> seen = new ArrayList<>();
        List<String> unsatisfied = new ArrayList<>();
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
            if (!component.bundle.symbolicName.startsWith("org.partyline.")) {
                continue;
            }
            seen.add(component.name);
            if (component.configurationPolicy.equals("require")) {
                continue;
            }
            boolean satisfied = false;
            for (ComponentConfigurationDTO configuration : components.getComponentConfigurationDTOs(component)) {
                satisfied |= configuration.state == ComponentConfigurationDTO.ACTIVE
                        || configuration.state == ComponentConfigurationDTO.SATISFIED;
            }
            if (!satisfied) {
                unsatisfied.add(component.name);
            }
        }
        assertFalse("no component of ours at all", seen.isEmpty());
        assertEquals(List.of(), unsatisfied);
    }

    @Test
    public void whatComponentsOfOursReadIsDescribedToMetatype() {
        Set<String> read = new TreeSet<>();
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
            Arrays.stream(component.configurationPid)
                    .filter(pid -> pid.matches("org\\.partyline\\.[a-z.]+"))
                    .forEach(read::add);
        }
        // Can be set before web-start installs the bundle that reads it.
        read.add("org.partyline.web");
        Bundle settings = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.partyline.settings"))
                .findFirst()
                .orElseThrow();
        MetaTypeInformation information = metatype.getMetaTypeInformation(settings);
        Set<String> described = new TreeSet<>(List.of(information.getPids()));
        described.addAll(List.of(information.getFactoryPids()));
        assertEquals(read, described);
        AttributeDefinition first = information.getObjectClassDefinition("org.partyline.engine", null)
                .getAttributeDefinitions(ObjectClassDefinition.ALL)[0];
        assertEquals("default-ttl", first.getName());
        assertEquals("1h", first.getDefaultValue()[0]);
        assertTrue(first.getDescription(), first.getDescription().endsWith(" Range: 1m to 45d. Unit: duration."));
    }

    @Test
    public void theStatusCommandIsRegistered() {
        assertNotNull(sessions.getRegistry().getCommand("partyline", "status"));
    }

    @Test
    public void theConsolesOpenAfterEverythingOfOurs() {
        int ours = 0;
        int console = Integer.MAX_VALUE;
        int socket = Integer.MAX_VALUE;
        int ssh = 0;
        for (Bundle bundle : context.getBundles()) {
            int level = bundle.adapt(BundleStartLevel.class).getStartLevel();
            if (bundle.getSymbolicName().equals("org.partyline.console-socket")) {
                socket = level;
            } else if (bundle.getSymbolicName().startsWith("org.partyline.")) {
                ours = Math.max(ours, level);
            } else if (bundle.getSymbolicName().equals("org.apache.karaf.shell.core")) {
                console = level;
            } else if (bundle.getSymbolicName().equals("org.apache.karaf.shell.ssh")) {
                ssh = level;
            }
        }
        assertTrue("ours at " + ours + ", the console at " + console, ours > 0 && ours < console);
        // The bundle with the socket's console replaces the shell of the SSH server, which must not run before.
        assertTrue("the socket at " + socket + ", SSH at " + ssh, console < socket && socket < ssh);
    }

    /** The list, with reasons, is in docs/commands.md; another test checks that page. */
    @Test
    public void ofKarafsCommandsThoseOfTheListAreThereAndNoOther() throws Exception {
        Subject admin = new Subject();
        for (String role : List.of("admin", "manager", "viewer", "systembundles")) {
            admin.getPrincipals().add(new RolePrincipal(role));
        }
        Set<String> listed = new TreeSet<>();
        Set<String> found = new TreeSet<>();
        // Karaf stores the user's permissions per thread.
        Thread thread = new Thread(() -> Subject.doAs(admin, (PrivilegedAction<Void>) () -> {
            console("karaf").lines().forEach(line -> listed.add(line.split(" ")[0]));
            for (Command command : sessions.getRegistry().getCommands()) {
                String name = command.getScope() + ":" + command.getName();
                boolean others = !List.of("*", "partyline", "console").contains(command.getScope());
                if (others && !console(name + " --help").startsWith("Error: there is no command")) {
                    found.add(name);
                }
            }
            return null;
        }));
        thread.start();
        thread.join();

        assertTrue(listed.toString(), listed.contains("bundle:stop"));
        assertFalse(listed.toString(), listed.contains("shell:exec"));
        assertEquals(listed, found);
        assertEquals("each that is listed is there", 30, found.size());
    }

    /** Returns the output or the error. */
    private String console(String line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printing = new PrintStream(out, true, StandardCharsets.UTF_8);
        Session session = sessions.create(InputStream.nullInputStream(), printing, printing);
        try {
            session.execute(line);
        } catch (Exception e) {
            return e.getMessage();
        } finally {
            session.close();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    public void oneBouncyCastleIsInstalledAndNoOther() {
        List<String> found = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().startsWith("bcprov")) {
                found.add(bundle.getVersion().toString());
            }
        }
        assertEquals(1, found.size());
        assertTrue(found.get(0), found.get(0).startsWith("1.87"));
    }

    @Test
    public void nothingForRemoteManagementIsInstalled() {
        for (Bundle bundle : context.getBundles()) {
            assertFalse(bundle.getSymbolicName(), bundle.getSymbolicName().startsWith("org.apache.karaf.management"));
        }
        assertNull(System.getProperty("com.sun.management.jmxremote"));
    }

    @Test
    public void theSshConsoleAnswersOnLoopbackAndNowhereElse() throws IOException {
        int port = Integer.getInteger(PartylineContainer.SSH_PORT);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 5_000);
            byte[] greeting = socket.getInputStream().readNBytes(4);
            assertEquals("SSH-", new String(greeting, StandardCharsets.US_ASCII));
        }
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(network.getInetAddresses())) {
                if (!address.isLoopbackAddress()) {
                    assertThrows(address.toString(), ConnectException.class, () -> {
                        try (Socket socket = new Socket()) {
                            socket.connect(new InetSocketAddress(address, port), 5_000);
                        }
                    });
                }
            }
        }
    }

    @Test
    public void theLoginThatStockKarafHasIsRefused() throws LoginException {
        LoginContext login = new LoginContext("karaf", callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback name) {
                    name.setName("karaf");
                } else if (callback instanceof PasswordCallback password) {
                    password.setPassword("karaf".toCharArray());
                }
            }
        });
        assertThrows(FailedLoginException.class, login::login);
    }

    @Test
    public void aSettingsFileDroppedIntoEtcIsFoundAndItsDeletionToo() throws Exception {
        BlockingQueue<Integer> events = new LinkedBlockingQueue<>();
        var registration = context.registerService(
                ConfigurationListener.class,
                event -> {
                    if ("org.partyline.itests.dropped".equals(event.getFactoryPid())) {
                        events.add(event.getType());
                    }
                },
                null);
        Path file = Path.of(System.getProperty("karaf.etc"), "org.partyline.itests.dropped-one.cfg");
        try {
            Files.write(file, Arrays.asList("name = one"));
            assertEquals(Integer.valueOf(ConfigurationEvent.CM_UPDATED), events.poll(60, TimeUnit.SECONDS));
            Files.delete(file);
            // A new file may be reported twice, when it is created and when it is written.
            Integer type = events.poll(60, TimeUnit.SECONDS);
            while (type != null && type != ConfigurationEvent.CM_DELETED) {
                type = events.poll(60, TimeUnit.SECONDS);
            }
            assertEquals(Integer.valueOf(ConfigurationEvent.CM_DELETED), type);
        } finally {
            registration.unregister();
            Files.deleteIfExists(file);
        }
    }
}

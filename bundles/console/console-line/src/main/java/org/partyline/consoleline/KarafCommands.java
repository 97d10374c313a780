package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.console.Session;

/**
 * The commands of Karaf that are available in our consoles, each with its purpose. All others are unavailable to the
 * user.
 */
final class KarafCommands {
    private static final Map<String, String> REASONS = new TreeMap<>();
    private static final Map<String, Role> ROLES = new HashMap<>();

    static {
        put("bundle:diag", Role.OPERATE, "shows what a bundle that is not active is missing");
        put("bundle:info", Role.OPERATE, "describes a bundle");
        put("bundle:install", Role.OWNER, "installs a bundle from a local file");
        put("bundle:list", Role.OPERATE, "lists bundles and their states; messages of this program refer to it");
        put("bundle:refresh", Role.OPERATE, "rewires bundles after one was replaced");
        put("bundle:restart", Role.OPERATE, "restarts a bundle while the others run");
        put("bundle:start", Role.OPERATE, "starts a stopped bundle");
        put("bundle:stop", Role.OPERATE, "stops a bundle while the others run");
        put("bundle:uninstall", Role.OWNER, "uninstalls a bundle");
        put("bundle:update", Role.OPERATE, "replaces a bundle while the others run");
        put("config:delete", Role.OWNER, "restores the distribution's settings");
        put("config:exists", Role.OWNER, "shows whether there are settings of a given name");
        put("config:list", Role.OWNER, "lists settings and their values");
        put("config:property-delete", Role.OWNER, "resets one setting");
        put("config:property-get", Role.OWNER, "shows one setting");
        put("config:property-list", Role.OWNER, "shows the settings of one file");
        put("config:property-set", Role.OWNER, "changes a setting while the server runs");
        put("feature:info", Role.OPERATE, "shows the contents of a feature");
        put("feature:install", Role.OWNER, "installs a feature of the distribution");
        put("feature:list", Role.OPERATE, "lists the features");
        put("feature:repo-list", Role.OPERATE, "lists the feature repositories");
        put("feature:uninstall", Role.OWNER, "uninstalls a feature");
        put("scr:info", Role.OWNER, "shows what a component is waiting for");
        put("scr:list", Role.OPERATE, "lists the components and their states");
        put("shell:clear", Role.EVERYONE, "clears the screen");
        put("shell:echo", Role.EVERYONE, "prints its arguments, to test the console");
        put("shell:info", Role.EVERYONE, "shows Java, memory and uptime of the server");
        put("shell:logout", Role.EVERYONE, "closes the console");
        put("system:shutdown", Role.OWNER, "stops the server");
        put("system:version", Role.EVERYONE, "shows the version of the framework");
    }

    /** Commands that change settings. */
    private static final Set<String> CHANGE_SETTINGS =
            Set.of("config:delete", "config:property-delete", "config:property-set");

    private static final Set<String> READ_ONLY = Set.of("bundle:diag", "bundle:info", "bundle:list");
    private static final Pattern OUR_BUNDLE = Pattern.compile("org\\.partyline\\.([a-z0-9-]+)");
    /**
     * The consoles, without which nobody could start anything again; the bundles that keep out third-party code, and
     * those that record it.
     */
    private static final Set<String> LIFELINES =
            Set.of("console-line", "console-socket", "bundle-guard", "foreign-bundles", "audit");

    private static final String OURS = "org.partyline.";

    private KarafCommands() {}

    /**
     * Returns why words are refused: a console may change only the settings of this program. Others could make the log
     * write any text to any file, such as the list of allowed bundles, or have artifacts downloaded.
     *
     * @param name of a command
     * @param words its arguments
     */
    static Optional<String> refusal(String name, List<?> words) {
        return refusal(name, words, System.getenv("NOTIFY_SOCKET") != null);
    }

    /** @param service whether a service manager has started this server: then only root can start it again */
    static Optional<String> refusal(String name, List<?> words, boolean service) {
        if (name.equals("system:shutdown") && service && !words.equals(List.of("--help"))) {
            return Optional.of("this server is a system service: stop it with systemctl stop, as root");
        }
        if (!CHANGE_SETTINGS.contains(name) || words.equals(List.of("--help"))) {
            return Optional.empty();
        }
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = String.valueOf(words.get(i));
            if (name.equals("config:delete") && !word.startsWith("-")) {
                changed.add(word);
            } else if (word.equals("-p") || word.equals("--pid")) {
                changed.add(i + 1 < words.size() ? String.valueOf(words.get(i + 1)) : "");
            } else if (word.startsWith("-p=") || word.startsWith("--pid=")) {
                changed.add(word.substring(word.indexOf('=') + 1));
            }
        }
        boolean ours = !changed.isEmpty() && changed.stream().allMatch(pid -> pid.startsWith(OURS));
        return ours
                ? Optional.empty()
                : Optional.of(name + " changes settings of this program only: name one, as in -p org.partyline.engine");
    }

    private static void put(String name, Role role, String reason) {
        REASONS.put(name, reason);
        ROLES.put(name, role);
    }

    /**
     * Returns why a user does not see a command with that name: Karaf hides commands that its own roles do not allow.
     */
    static Optional<String> hidden(Session session, String name) {
        return Optional.ofNullable(ROLES.get(name)).flatMap(role -> role.refusal(session, name));
    }

    /** Returns the required role for a command that is not ours. */
    static Role role(String name) {
        return ROLES.getOrDefault(name, Role.OWNER);
    }

    /**
     * Returns why a command for bundles is refused to a user without the role owner: it may only name this program's
     * bundles, and must not stop one without which no console could start it again.
     */
    static Optional<String> refusal(Session session, String name, List<?> words) {
        if (!name.startsWith("bundle:")
                || READ_ONLY.contains(name)
                || Role.OWNER.isHeldBy(session)
                || words.equals(List.of("--help"))) {
            return Optional.empty();
        }
        for (Object word : words) {
            Matcher bundle = OUR_BUNDLE.matcher(String.valueOf(word));
            if (!bundle.matches()) {
                return Optional.of(name
                        + " accepts only names of this program's bundles from you, such as "
                        + "org.partyline.fees: ask root to run it for others");
            }
            if (name.equals("bundle:stop") && LIFELINES.contains(bundle.group(1))) {
                return Optional.of(word + " can be restarted but not stopped: use bundle:restart, or ask root");
            }
        }
        return Optional.empty();
    }

    /** Reasons by name, such as {@code bundle:stop}. */
    static Map<String, String> reasons() {
        return Map.copyOf(REASONS);
    }
}

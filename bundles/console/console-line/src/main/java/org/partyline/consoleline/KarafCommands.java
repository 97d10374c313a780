package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The commands of Karaf that a console of ours has, each with its reason. All others are not there for whoever types. */
final class KarafCommands {
    private static final Map<String, String> REASONS = new TreeMap<>();

    static {
        put("bundle:diag", "says what a bundle that is not active lacks");
        put("bundle:info", "says what a bundle is for");
        put("bundle:install", "adds a bundle from a file of this machine");
        put("bundle:list", "shows which bundle is active: what hints of ours point to");
        put("bundle:refresh", "wires bundles anew after one was replaced");
        put("bundle:restart", "restarts one part while the rest runs");
        put("bundle:start", "starts a part that was stopped");
        put("bundle:stop", "stops one part while the rest runs");
        put("bundle:uninstall", "takes a bundle away");
        put("bundle:update", "replaces a part while the rest runs");
        put("config:delete", "takes settings back to what the distribution says");
        put("config:exists", "tells whether there are settings of a name");
        put("config:list", "shows settings, with what they are now");
        put("config:property-delete", "takes one setting back");
        put("config:property-get", "shows one setting");
        put("config:property-list", "shows the settings of one name");
        put("config:property-set", "changes a setting while the server runs");
        put("feature:info", "says what a feature brings");
        put("feature:install", "adds a feature of the distribution");
        put("feature:list", "shows the features");
        put("feature:repo-list", "shows the features files");
        put("feature:uninstall", "takes a feature away");
        put("scr:info", "says what a component waits for");
        put("scr:list", "shows the components and their states");
        put("shell:clear", "clears the screen");
        put("shell:echo", "prints its words: to try what a console does with them");
        put("shell:info", "shows the Java, the memory and the uptime of the server");
        put("shell:logout", "closes the console");
        put("system:shutdown", "stops the server");
        put("system:version", "shows the version of the framework");
    }

    /** Commands that change settings. */
    private static final Set<String> CHANGE_SETTINGS =
            Set.of("config:delete", "config:property-delete", "config:property-set");

    private static final String OURS = "org.partyline.";

    private KarafCommands() {}

    /**
     * Says why words are refused: a console changes only settings of this program. Others would make the log write any text to any file, such as
     * the list of allowed bundles, or have artifacts fetched.
     *
     * @param name of a command
     * @param words what it is given
     */
    static Optional<String> refusal(String name, List<?> words) {
        return refusal(name, words, System.getenv("NOTIFY_SOCKET") != null);
    }

    /** @param service whether a service manager has started this server: only root starts it again then */
    static Optional<String> refusal(String name, List<?> words, boolean service) {
        if (name.equals("system:shutdown") && service && !words.equals(List.of("--help"))) {
            return Optional.of("this server is a service of the system: stop it with systemctl stop, as root");
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
                : Optional.of(
                        name + " changes settings of this program only: name them, as in -p org.partyline.engine");
    }

    private static void put(String name, String reason) {
        REASONS.put(name, reason);
    }

    /** Reasons by name, such as {@code bundle:stop}. */
    static Map<String, String> reasons() {
        return Map.copyOf(REASONS);
    }
}

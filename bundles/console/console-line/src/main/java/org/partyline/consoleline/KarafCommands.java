package org.partyline.consoleline;

import java.util.Map;
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
        put("feature:repo-add", "makes a features file of this machine known");
        put("feature:repo-list", "shows the features files");
        put("feature:repo-remove", "forgets a features file");
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

    private KarafCommands() {}

    private static void put(String name, String reason) {
        REASONS.put(name, reason);
    }

    /** Reasons by name, such as {@code bundle:stop}. */
    static Map<String, String> reasons() {
        return Map.copyOf(REASONS);
    }
}

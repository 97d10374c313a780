package org.partyline.itests.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every command of the distribution that takes a URL or the name of another computer, with one. */
final class UrlCommands {
    /** The message of a refused command that gives a reason. */
    static final String REFUSAL = "this server does not open ";

    /** The message of a command that is unavailable to the user. */
    private static final String MISSING = "there is no command";

    private UrlCommands() {}

    /**
     * Returns lines for the console.
     *
     * @param host the other computer
     * @param directory for files that the commands read
     * @return the text that the reply must contain, empty for any; by line
     */
    static Map<String, String> to(String host, int port, Path directory) {
        String at = host + ":" + port;
        String http = "http://" + at;
        Path refers = directory.resolve("refers.xml");
        Path installs = directory.resolve("installs.xml");
        String head = "xmlns=\"http://karaf.apache.org/xmlns/features/v1.6.0\">";
        try {
            Files.writeString(
                    refers,
                    "<!DOCTYPE features SYSTEM \"" + http + "/features.dtd\"><features name=\"refers\" " + head
                            + "<repository>" + http + "/repository.xml</repository></features>");
            Files.writeString(
                    installs,
                    "<features name=\"installs\" " + head + "<feature name=\"away\"><bundle>" + http
                            + "/feature.jar</bundle></feature><feature name=\"awaymvn\"><bundle>mvn:" + http
                            + "!g/f/1</bundle></feature></features>");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> lines = new TreeMap<>();
        for (String url : List.of(
                http + "/a.jar",
                "https://" + at + "/a.jar",
                "ftp://" + at + "/a.jar",
                "file://" + host + "/a.jar",
                "jar:" + http + "/a.jar!/b.jar",
                "wrap:" + http + "/a.jar",
                "blueprint:" + http + "/a.xml",
                "mvn:" + http + "!g/a/1",
                "mvn:https://" + at + "!g/a/1",
                "mvn:" + http + "@id=x@snapshots!g/a/LATEST")) {
            lines.put("bundle:install '" + url + "'", "Unable to install");
        }
        lines.put("bundle:update org.partyline.cover " + http + "/a.jar", REFUSAL);
        lines.put("feature:repo-add " + http + "/f.xml", MISSING);
        lines.put("feature:repo-add https://" + at + "/f.xml", MISSING);
        lines.put("feature:repo-add 'mvn:" + http + "!g/a/1/xml/features'", MISSING);
        lines.put("feature:repo-add " + refers.toUri(), MISSING);
        lines.put("feature:repo-add -i " + installs.toUri(), MISSING);
        lines.put("feature:requirement-add 'bundle:" + http + "/r.jar'", MISSING);
        lines.put("feature:repo-refresh " + http + "/f.xml", MISSING);
        lines.put("config:install " + http + "/x.cfg x.cfg", MISSING);
        lines.put("shell:source " + http + "/x", MISSING);
        for (String reads : List.of("cat", "head", "less", "sort", "tac", "tail", "wc")) {
            lines.put("shell:" + reads + " " + http + "/x", MISSING);
        }
        lines.put("(shell:new java.net.URL " + http + "/x) openStream", MISSING);
        lines.put("ssh:ssh -p " + port + " me@" + host, MISSING);
        lines.put("shell:exec true", MISSING);
        lines.put("shell:java java.lang.Object", MISSING);
        // Last: a repository from the settings.
        lines.put(
                "~1 config:property-set -p org.ops4j.pax.url.mvn org.ops4j.pax.url.mvn.repositories " + http + "@id=x",
                "settings of this program only");
        lines.put("~2 bundle:install mvn:g/b/1", "Unable to install");
        lines.put("~3 feature:repo-add mvn:g/b/1/xml/features", MISSING);
        return lines;
    }

    /** Returns a line without its sort key. */
    static String typed(String line) {
        return line.replaceFirst("^~[0-9] ", "");
    }
}

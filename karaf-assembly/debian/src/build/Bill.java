import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Adds to a bill of materials (CycloneDX) what the distribution has and Maven does not know of: jars that Karaf's features bring, and
 * licences that their authors do not state for Maven. NOTICE must have exactly the libraries of the bill.
 * Arguments: the bill, the distribution, NOTICE, {@code offline=true} or {@code offline=false}: offline Maven has made no bill, and one of an
 * earlier build is of something else.
 */
final class Bill {
    private static final String SHA_256 = "SHA-256";
    /** A jar of ours that has no Maven coordinates. */
    private static final Set<String> OURS = Set.of(":store-postgresql");

    private Bill() {}

    public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
        Path file = Path.of(arguments[0]);
        Path distribution = Path.of(arguments[1]);
        if (arguments[3].equals("offline=true")) {
            Files.deleteIfExists(file);
            System.err.println("Warning: there is no " + file.getFileName()
                    + ": Maven makes no bill of materials offline. The package is built without, to be tried and not to be handed out; build without -o for the bill.");
            return;
        }
        if (Files.notExists(file)) {
            System.err.println("Error: there is no " + file + ": the cyclonedx plugin made none, see above.");
            System.exit(1);
        }
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode bill = (ObjectNode) mapper.readTree(file.toFile());
        ArrayNode components = (ArrayNode) bill.get("components");
        Set<String> known = new HashSet<>();
        components.forEach(component -> component.path("hashes").forEach(hash -> {
            if (hash.path("alg").asText().equals(SHA_256)) {
                known.add(hash.path("content").asText());
            }
        }));
        List<Path> jars;
        try (Stream<Path> files = Files.walk(distribution)) {
            jars = files.filter(path -> path.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance(SHA_256).digest(Files.readAllBytes(jar)));
            if (known.add(sum)) {
                add(components, jar, distribution.resolve("system"), sum);
            }
        }
        licenses(components, notice(Path.of(arguments[2])));
        Files.writeString(file, mapper.writeValueAsString(bill) + "\n");
    }

    /** The libraries that NOTICE names, group:name, each with its licence. */
    private static Map<String, String> notice(Path notice) throws IOException {
        Map<String, String> found = new TreeMap<>();
        String license = "";
        for (String line : Files.readAllLines(notice)) {
            if (line.matches("[A-Z]\\S.*:")) {
                license = line.substring(0, line.length() - 1);
            } else if (line.matches("  [\\w.-]+:[\\w.-]+")) {
                found.put(line.strip(), license);
            }
        }
        return found;
    }

    private static void licenses(ArrayNode components, Map<String, String> notice) {
        Set<String> wrong = new TreeSet<>();
        Set<String> unused = new TreeSet<>(notice.keySet());
        for (JsonNode component : components) {
            String group = component.path("group").asText();
            String name = group + ":" + component.path("name").asText();
            if (group.startsWith("org.partyline") || OURS.contains(name)) {
                continue;
            }
            unused.remove(name);
            if (!notice.containsKey(name)) {
                wrong.add(name);
            } else if (component.path("licenses").isEmpty()) {
                ((ObjectNode) component)
                        .putArray("licenses")
                        .addObject()
                        .putObject("license")
                        .put("id", notice.get(name));
            }
        }
        if (!wrong.isEmpty() || !unused.isEmpty()) {
            System.err.println("Error: NOTICE lacks the libraries " + wrong + " and names " + unused
                    + ", which are not shipped: correct its list.");
            System.exit(1);
        }
    }

    private static void add(ArrayNode components, Path jar, Path system, String sum) throws IOException {
        String group;
        String name;
        String version;
        if (jar.startsWith(system)) {
            // A Maven repository: group/name/version/file.
            Path place = system.relativize(jar).getParent();
            version = place.getFileName().toString();
            name = place.getParent().getFileName().toString();
            group = place.getParent().getParent().toString().replace('/', '.').replace('\\', '.');
        } else {
            Properties coordinates = coordinates(jar);
            String bare = jar.getFileName().toString().replaceFirst("[.]jar$", "");
            group = coordinates.getProperty("groupId", "");
            name = coordinates.getProperty("artifactId", bare.replaceFirst("-[0-9].*", ""));
            version = coordinates.getProperty("version", bare.replaceFirst("^.*?-(?=[0-9])", ""));
        }
        String url = "pkg:maven/" + (group.isEmpty() ? "" : group + "/") + name + "@" + version + "?type=jar";
        ObjectNode component = components.addObject();
        component.put("type", "library").put("bom-ref", url + "#" + sum.substring(0, 8));
        if (!group.isEmpty()) {
            component.put("group", group);
        }
        component.put("name", name).put("version", version);
        component.putArray("hashes").addObject().put("alg", SHA_256).put("content", sum);
        component.put("purl", url);
    }

    private static Properties coordinates(Path jar) throws IOException {
        Properties found = new Properties();
        try (JarFile open = new JarFile(jar.toFile())) {
            List<ZipEntry> entries = open.stream()
                    .filter(entry -> entry.getName().matches("META-INF/maven/[^/]+/[^/]+/pom[.]properties"))
                    .map(ZipEntry.class::cast)
                    .toList();
            if (entries.size() == 1) {
                try (InputStream in = open.getInputStream(entries.get(0))) {
                    found.load(in);
                }
            }
        }
        return found;
    }
}

package org.partyline.settings.config;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.partyline.api.config.Setting;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Reads what bnd makes of a configuration's annotations: a Metatype document (OSGi Compendium, 105.8). */
public final class MetatypeDocument {
    /** Where bundles have them. */
    public static final String DIRECTORY = "OSGI-INF/metatype";

    private MetatypeDocument() {}

    /** What it describes. */
    public static List<Described> read(InputStream in) throws IOException {
        Element root = parse(in).getDocumentElement();
        Map<String, Element> classes = new HashMap<>();
        children(root, "OCD").forEach(each -> classes.put(each.getAttribute("id"), each));
        List<Described> described = new ArrayList<>();
        for (Element designate : children(root, "Designate")) {
            for (Element object : children(designate, "Object")) {
                Element found = classes.get(object.getAttribute("ocdref"));
                if (found != null) {
                    described.add(described(designate, found));
                }
            }
        }
        return described;
    }

    private static Described described(Element designate, Element found) {
        boolean factory = designate.hasAttribute("factoryPid");
        return new Described(
                designate.getAttribute(factory ? "factoryPid" : "pid"),
                factory,
                found.getAttribute("description"),
                children(found, "AD").stream().map(MetatypeDocument::attribute).toList());
    }

    private static Attribute attribute(Element from) {
        Map<String, String> options = new LinkedHashMap<>();
        children(from, "Option").forEach(each -> options.put(each.getAttribute("value"), each.getAttribute("label")));
        return new Attribute(
                from.getAttribute("id"),
                from.getAttribute("type"),
                // A comma would part the values of a list.
                from.getAttribute("default").replace("\\,", ","),
                from.getAttribute("description"),
                new Attribute.Limits(from.getAttribute("min"), from.getAttribute("max"), options),
                new Attribute.More(
                        ours(from, "unit"), ours(from, "range"), ours(from, "effect"), ours(from, "command")));
    }

    private static String ours(Element from, String name) {
        return from.getAttributeNS(Setting.NAMESPACE, name);
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node each = parent.getFirstChild(); each != null; each = each.getNextSibling()) {
            if (each instanceof Element element && name.equals(element.getLocalName())) {
                found.add(element);
            }
        }
        return found;
    }

    private static Document parse(InputStream in) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(in);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("no Metatype document", e);
        }
    }
}

/** Cover traffic: packets that leave in slots of a random process, messages where there are any, decoys where there are none. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.cover;

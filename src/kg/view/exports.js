/* The claims shown, in forms that other programs read: Turtle, JSON-LD, CSV and GEXF. Makes text from data; touches no element. */
const Exports = (() => {
  "use strict";

  const KEPT = /^[A-Za-z0-9_](?:[\w.-]*[\w-])?$/;
  const NO_IRI = /[\u0000-\u0020<>"{}|^`\\]/g;
  // What XML 1.0 has no place for, however it is written.
  const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  const LISTS = ["polarity", "certainty", "modality", "kind", "status"];

  const unicode = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

  /** Claims to the letter, as nodes of a JSON-LD document: what the page shows, with the originals of what it shows in another way. */
  class Records {
    constructor(model) {
      this.model = model;
      this.exact = model.exact;
    }

    iri(node) {
      return this.exact.nodes.iri[node] ?? this.model.nodes[node].iri;
    }

    /** A node as the object of a claim: the IRI of a thing, or a literal. */
    object(node) {
      return this.literal(node) ?? { "@id": this.iri(node) };
    }

    literal(node) {
      const { literal, value, language, datatype } = this.model.nodes[node];
      return literal ? given({ "@value": this.exact.nodes.value[node] ?? value, "@language": language, "@type": datatype }) : null;
    }

    /** The label of a node; of a literal its value. */
    label(node) {
      const { claim } = this.model.nodes[node];
      if (claim !== undefined) return this.exact.claims.label[claim] ?? this.model.claims[claim].label;
      return this.literal(node)?.["@value"] ?? this.exact.nodes.label[node] ?? this.model.nodes[node].label;
    }

    /** The numbers of the passages of a claim. */
    places(number) {
      return (this.model.claims[number].evidence ?? []).flatMap(({ places }) => places);
    }

    claim(number) {
      const { model, exact } = this;
      const claim = model.claims[number];
      const more = (field) => exact.claims[field][number];
      return given({
        "@id": more("iri") ?? claim.iri,
        "@type": "Claim",
        label: tagged(more("label") ?? claim.label, more("language")),
        subject: this.iri(claim.subject),
        relation: exact.relations[claim.relation] ?? model.relations[claim.relation].iri,
        object: this.object(claim.object),
        claimant: this.iri(claim.claimant),
        reportedBy: claim.reporter === undefined ? undefined : this.iri(claim.reporter),
        ...Object.fromEntries(LISTS.map((name) => [name, claim[name] && exact.kg + claim[name]])),
        when: more("when") ?? claim.when,
        from: claim.since,
        until: claim.until,
        value: claim.exact,
        unit: more("unit") ?? claim.unit,
        passage: [...this.places(number).map((at) => this.passageIri(at)), ...(more("passage") ?? [])],
        derivedFrom: more("derivedFrom"),
        note: more("notes") ?? claim.notes,
        creator: more("creator") ?? claim.creator,
        modified: claim.modified,
      });
    }

    passageIri(at) {
      return this.exact.passages.iri[at] ?? this.model.expanded(this.model.passages[at].id);
    }

    /** The source of a passage, as far as the graph describes it. */
    source(at) {
      return this.exact.sources[this.model.passages[at].source];
    }

    passage(at) {
      const { start, end, paragraph, sentence, digest } = this.model.passages[at];
      const source = this.source(at)?.["@id"] ?? this.exact.passages.source[at];
      return given({ "@id": this.passageIri(at), "@type": "Passage", source, start, end, paragraph, sentence, digest, noClaim: this.exact.passages.noClaim[at] });
    }

    /** An entity, where the graph describes it. */
    entity(node) {
      const { nodes } = this.exact;
      const types = nodes.types[node];
      if (!types) return null;
      const shown = this.model.nodes[node];
      const altLabel = nodes.names[node] ?? shown.names;
      return given({ "@id": this.iri(node), "@type": types, prefLabel: tagged(this.label(node), nodes.language[node]), altLabel, definition: nodes.definition[node] ?? shown.definition });
    }

    /** The claims, then their passages, the sources of these, and the entities that they mention. */
    graph(numbers) {
      const { model } = this;
      const byId = (a, b) => (a["@id"] < b["@id"] ? -1 : 1);
      const places = unique(numbers.flatMap((number) => this.places(number)));
      const sources = unique(places.map((at) => this.source(at))).filter(Boolean);
      const entities = unique(numbers.flatMap((number) => mentioned(model.claims[number]))).map((node) => this.entity(node));
      return [
        ...numbers.map((number) => this.claim(number)),
        ...places.map((at) => this.passage(at)).sort(byId),
        ...sources.sort(byId),
        ...entities.filter(Boolean).sort(byId),
      ];
    }
  }

  const unique = (values) => [...new Set(values)];
  const mentioned = (claim) => [claim.subject, claim.object, claim.claimant, claim.reporter].filter((node) => node !== undefined);
  const isGiven = (value) => value !== undefined && value !== null && !(Array.isArray(value) && !value.length);
  const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value)));
  const tagged = (text, language) => (language ? { "@value": text, "@language": language } : text);
  const plain = (value) => value?.["@value"] ?? value;
  const listed = (value) => (Array.isArray(value) ? value : [value]);

  function toJsonLd(model, numbers) {
    return `${JSON.stringify({ "@context": model.exact.context, "@graph": new Records(model).graph(numbers) }, null, 1)}\n`;
  }

  /* Turtle (https://www.w3.org/TR/turtle/) of the same nodes, read with the same context. */

  class Turtle {
    constructor({ context, prefixes }) {
      this.context = context;
      this.prefixes = Object.entries(prefixes).sort(([, a], [, b]) => b.length - a.length);
      this.used = new Set();
    }

    iri(iri) {
      for (const [prefix, namespace] of this.prefixes) {
        const local = iri.slice(namespace.length);
        if (!iri.startsWith(namespace) || !KEPT.test(local)) continue;
        this.used.add(prefix);
        return `${prefix}:${local}`;
      }
      return `<${iri.replace(NO_IRI, unicode)}>`;
    }

    string(text) {
      const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };
      return `"${text.replace(/[\u0000-\u001f"\\\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => short[char] ?? unicode(char))}"`;
    }

    literal({ "@value": value, "@language": language, "@type": datatype }) {
      const tail = language ? `@${language}` : datatype ? `^^${this.iri(datatype)}` : "";
      return this.string(String(value)) + tail;
    }

    object(meaning, value) {
      if (value["@id"] !== undefined) return this.iri(value["@id"]);
      if (value["@value"] !== undefined) return this.literal(value);
      if (meaning["@type"] === "@id") return this.iri(value);
      return this.literal({ "@value": value, "@language": meaning["@language"], "@type": meaning["@type"] });
    }

    node(node) {
      const types = listed(node["@type"] ?? []).map((type) => this.iri(this.context[type] ?? type));
      const said = types.length ? [`a ${types.join(", ")}`] : [];
      for (const [name, value] of Object.entries(node)) {
        if (name.startsWith("@")) continue;
        const meaning = this.context[name];
        said.push(`${this.iri(meaning["@id"])} ${listed(value).map((each) => this.object(meaning, each)).join(", ")}`);
      }
      return said.length ? `${this.iri(node["@id"])} ${said.join(" ;\n\t")} .\n` : "";
    }

    document(nodes) {
      const body = nodes.map((node) => this.node(node)).join("\n");
      const own = this.prefixes.filter(([prefix]) => this.used.has(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
      return `${own.map(([prefix, namespace]) => `@prefix ${prefix}: <${namespace}> .\n`).join("")}\n${body}`;
    }
  }

  function toTurtle(model, numbers) {
    return new Turtle({ context: model.exact.context, prefixes: model.prefixes }).document(new Records(model).graph(numbers));
  }

  /** A literal or an IRI as N-Triples write it; the name of a node in CSV and GEXF. */
  function nodeName(object) {
    if (object["@id"] !== undefined) return object["@id"];
    const { "@value": value, "@language": language, "@type": datatype } = object;
    const short = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };
    const escaped = value.replace(/[\u0000-\u001f"\\\u007f]/g, (char) => short[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
    return `"${escaped}"${language ? `@${language}` : datatype ? `^^<${datatype}>` : ""}`;
  }

  /* CSV (RFC 4180): first what an edge of `kg export -f csv` says, then the same for people. */

  const local = (iri) => iri?.slice(iri.lastIndexOf("#") + 1);
  const joined = (values) => (values ?? []).join(" | ");
  const COLUMNS = {
    subject: ({ record }) => record.subject,
    subject_label: ({ records, claim }) => records.label(claim.subject),
    object: ({ record }) => nodeName(record.object),
    object_label: ({ records, claim }) => records.label(claim.object),
    claim: ({ record }) => record["@id"],
    label: ({ record }) => plain(record.label),
    relation: ({ record }) => record.relation,
    claimant: ({ record }) => record.claimant,
    polarity: ({ claim }) => claim.polarity,
    certainty: ({ claim }) => claim.certainty,
    kind: ({ claim }) => claim.kind,
    status: ({ record }) => local(record.status),
    reported_by: ({ record }) => record.reportedBy,
    modality: ({ claim }) => claim.modality,
    when: ({ record }) => record.when,
    since: ({ record }) => record.from,
    until: ({ record }) => record.until,
    value: ({ record }) => record.value,
    unit: ({ record }) => record.unit,
    passages: ({ record }) => joined(record.passage),
    derived_from: ({ record }) => joined(record.derivedFrom),
    notes: ({ record }) => joined(record.note),
    creator: ({ record }) => record.creator,
    modified: ({ record }) => record.modified,
    claimant_label: ({ records, claim }) => records.label(claim.claimant),
    reported_by_label: ({ records, claim }) => (claim.reporter === undefined ? "" : records.label(claim.reporter)),
    relation_label: ({ records, claim }) => records.model.relations[claim.relation].label,
    figure: ({ claim }) => claim.figure,
    places: ({ records, number }) => joined(places(records, number)),
  };

  /** A cell that no spreadsheet takes for a formula. */
  const guarded = (cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

  function toCsv(model, numbers) {
    const records = new Records(model);
    const row = (number) => {
      const told = { records, number, claim: model.claims[number], record: records.claim(number) };
      return Object.values(COLUMNS).map((say) => quoted(guarded(String(say(told) ?? "")))).join(",");
    };
    // The mark at the beginning tells spreadsheets that this is UTF-8.
    return `\ufeff${[Object.keys(COLUMNS).join(","), ...numbers.map(row)].join("\r\n")}\r\n`;
  }

  /** Where the text says it, for people: source, paragraph, sentence and characters. */
  function places(records, number) {
    return records.places(number).map((at) => {
      const { start, end, paragraph, sentence } = records.model.passages[at];
      const source = records.source(at);
      const text = source ? source.title ?? source.label : records.exact.passages.source[at];
      return `${text}, paragraph ${paragraph}, sentence ${sentence}, characters ${start}–${end}`;
    });
  }

  /* GEXF (https://gexf.net/): nodes with their places on the map, an edge for each claim. */

  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;" };
  const xml = (text) => String(text).replace(NO_XML, unicode).replace(/[&<>"\n\r\t]/g, (char) => ENTITIES[char]);
  const NODE_FIELDS = ["kind", "types", "definition", "alt_labels", "language", "datatype"];
  const EDGE_FIELDS = ["relation", "relation_label", "claimant", "claimant_label", "reported_by", "polarity", "certainty", "modality", "kind", "status", "when", "since", "until", "value", "unit", "passages", "places", "derived_from", "notes"];

  const values = (fields, told) => {
    const found = fields.map((field, at) => [at, told[field]]).filter(([, value]) => isGiven(value) && value !== "");
    return `<attvalues>${found.map(([at, value]) => `<attvalue for="${at}" value="${xml(value)}"/>`).join("")}</attvalues>`;
  };

  function gexfNode(records, node, placed) {
    const { model } = records;
    const literal = records.literal(node);
    const entity = records.entity(node);
    const kind = literal ? "literal" : model.nodes[node].claim === undefined ? "entity" : "claim";
    const told = { kind, types: joined(entity?.["@type"]), definition: entity?.definition, alt_labels: joined(entity?.altLabel), language: literal?.["@language"], datatype: literal?.["@type"] };
    const place = placed.get(node);
    const where = place ? `<viz:position x="${place.x}" y="${-place.y}" z="0"/><viz:size value="${place.size}"/>` : "";
    return `<node id="${xml(nodeName(records.object(node)))}" label="${xml(records.label(node))}">${values(NODE_FIELDS, told)}${where}</node>`;
  }

  function gexfEdge(records, number) {
    const told = { records, number, claim: records.model.claims[number], record: records.claim(number) };
    const { record } = told;
    const said = Object.fromEntries(EDGE_FIELDS.map((field) => [field, COLUMNS[field](told)]));
    return `<edge id="${xml(record["@id"])}" source="${xml(record.subject)}" target="${xml(nodeName(record.object))}" label="${xml(plain(record.label))}">${values(EDGE_FIELDS, said)}</edge>`;
  }

  /** `drawn` are the nodes that have a place on the map as it is drawn now. */
  function toGexf(model, numbers, drawn = model.drawing.nodes) {
    const records = new Records(model);
    const placed = new Map(drawn.map((node) => [node.id, node]));
    const nodes = unique(numbers.flatMap((number) => [model.claims[number].subject, model.claims[number].object]));
    const declared = (kind, fields) => `<attributes class="${kind}">${fields.map((field, at) => `<attribute id="${at}" title="${field}" type="${field === "value" ? "double" : "string"}"/>`).join("")}</attributes>`;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">',
      '<graph mode="static" defaultedgetype="directed">',
      declared("node", NODE_FIELDS),
      declared("edge", EDGE_FIELDS),
      "<nodes>",
      ...nodes.map((node) => gexfNode(records, node, placed)),
      "</nodes>",
      "<edges>",
      ...numbers.map((number) => gexfEdge(records, number)),
      "</edges>",
      "</graph>",
      "</gexf>",
      "",
    ].join("\n");
  }

  /** The words of the passages in a sentence, where the page has the text. */
  const marked = (parts = []) =>
    parts.flatMap(([text, isMarked], at) => (isMarked ? [text] : at && at < parts.length - 1 ? [" … "] : [])).join("").replace(/\s+/g, " ");

  /** Where a claim stands, for people who look it up; a text is named once, and only its own words are in quotation marks. */
  function origins(records, number) {
    const { model } = records;
    let before = null;
    return (model.claims[number].evidence ?? []).map(({ places, parts }) => {
      const { paragraph, sentence, source } = model.passages[places[0]];
      const { author, label, title, published } = model.sources[source] ?? { label: records.exact.passages.source[places[0]] };
      const text = [author, title ?? label, published].filter(Boolean).join(", ");
      const named = text === before ? "" : `${text}, `;
      before = text;
      const offsets = places.map((at) => `${model.passages[at].start}–${model.passages[at].end}`).join(", ");
      const words = marked(parts);
      return `${named}paragraph ${paragraph}, sentence ${sentence}, characters ${offsets}${words && `, in the words of the text: “${words}”`}`;
    });
  }

  /** A citation of a claim: its sentence, which is nobody's own words, who says it and how, where, and under which names. */
  function citation(model, number) {
    const records = new Records(model);
    const claim = model.claims[number];
    const record = records.claim(number);
    const label = plain(record.label);
    const who = `Claimant: ${records.label(claim.claimant)}${claim.reporter === undefined ? "" : `, reported by ${records.label(claim.reporter)}`}`;
    const how = ["polarity", "certainty", "modality"].filter((name) => claim[name]).map((name) => `${name}: ${claim[name]}`);
    const where = origins(records, number).join("; ");
    const digests = unique(records.places(number).map((at) => records.source(at)?.identifier)).filter(Boolean);
    const told = [label + (/[.!?…]$/.test(label) ? "" : "."), `${[who, ...how].join("; ")}.`, where && `Source: ${where}.`, `<${record["@id"]}>${digests.length ? `; text ${digests.join(", ")}` : ""}`];
    return told.filter(Boolean).join(" ");
  }

  return { Records, citation, places, toCsv, toGexf, toJsonLd, toTurtle, xml };
})();

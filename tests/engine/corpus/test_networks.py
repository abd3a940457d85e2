"""Words near each other as a network, and its file."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dltext.engine.corpus import network as networks
from dltext.engine.corpus.network import word_network, write_network
from dltext.engine.corpus.opening import opened
from dltext.engine.results import NetworkEdge, NetworkNode, Selection, UserError, WordNetwork

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def counted_by_hand(selection: Selection, window: int) -> Counter[tuple[str, str]]:
    corpus, _ = opened(selection)
    pairs: Counter[tuple[str, str]] = Counter()
    for row in range(len(corpus)):
        begin, end = corpus.tokens.starts[row : row + 2]
        words = [corpus.tokens.words[number] for number in corpus.tokens.tokens[begin:end].tolist()]
        for place, word in enumerate(words):
            pairs.update(tuple(sorted((word, other))) for other in words[place + 1 : place + 1 + window])
    return pairs


@pytest.mark.parametrize("block", [3, 1 << 20])
def test_pairs_are_counted_within_the_window_and_the_document(
    reviews: Selection, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr("dltext.engine.corpus.counting.READ", block)
    for window in (1, 2, 5):
        made = word_network(reviews, window=window, measure="count", minimum=1, stop=False)
        by_hand = counted_by_hand(reviews, window)
        listed = {tuple(sorted((edge.source, edge.target))): edge.count for edge in made.edges}
        assert listed == {pair: count for pair, count in by_hand.items() if pair[0] != pair[1]}
    assert {node.word: node.count for node in made.nodes}["soup"] == 5


def test_the_strongest_pairs_of_the_filtered_documents_are_kept(reviews: Selection) -> None:
    made = word_network(Selection(reviews.data, "label:neg"), window=2, minimum=2)
    assert [(edge.source, edge.target, edge.count) for edge in made.edges] == [
        ("cold", "soup", 2), ("soup", "awful", 2)
    ]  # fmt: skip
    assert set(made.nodes) == {NetworkNode("cold", 3, 2), NetworkNode("soup", 3, 2), NetworkNode("awful", 1, 1)}
    assert made.edges[0].weight == made.edges[0].log_dice == pytest.approx(13.415, abs=0.001)
    assert len(word_network(reviews, minimum=1, edges=3, stop=False).edges) == 3
    assert all(edge.log_dice <= 14 for edge in word_network(reviews, minimum=1, window=5, stop=False).edges)
    assert all(edge.mi > 0 for edge in word_network(reviews, measure="mi", minimum=1, stop=False).edges)


def test_the_file_is_graphml(tmp_path: Path) -> None:
    nodes = (NetworkNode('a<&"b', 3, 2), NetworkNode("很好", 5, 4))
    path = write_network(
        WordNetwork(nodes, (NetworkEdge('a<&"b', "很好", 7.5, 2, 7.5, 1.25, 0.5),), "mi", 5),
        str(tmp_path / "n.graphml"),
    )
    root = ElementTree.parse(path).getroot()
    keys = {key.get("id"): key.attrib for key in root.iter(f"{GRAPHML}key")}
    assert {(key["for"], key["attr.name"], key["attr.type"]) for key in keys.values()} >= {
        ("node", "label", "string"), ("node", "count", "long"), ("edge", "weight", "double")
    }  # fmt: skip
    (graph,) = root.iter(f"{GRAPHML}graph")
    assert graph.get("edgedefault") == "undirected"
    described = [
        (node.get("id"), {keys[data.get("key")]["attr.name"]: data.text for data in node})
        for node in graph.iter(f"{GRAPHML}node")
    ]
    assert described[0] == ("n0", {"label": 'a<&"b', "count": "3", "documents": "2"})
    (edge,) = graph.iter(f"{GRAPHML}edge")
    assert (edge.get("source"), edge.get("target")) == ("n0", "n1")
    assert [data.text for data in edge if keys[data.get("key")]["attr.name"] == "weight"] == ["7.5"]
    with pytest.raises(UserError, match=r"ends in \.graphml"):
        write_network(WordNetwork((), (), "mi", 5), str(tmp_path / "n.csv"))


TYPES = {"string": str, "long": int, "double": float}
TOKEN = re.compile(r"[\w.:-]+")
"""What the schema calls an NMTOKEN, near enough."""


def test_the_file_keeps_the_rules_of_the_schema(reviews: Selection, tmp_path: Path) -> None:
    """Those of graphml-structure.xsd and graphml-attributes.xsd that concern what is written: elements in their order,
    ids that are tokens and unique, edges between nodes that are there, values of the declared types."""
    made = word_network(reviews, minimum=1, stop=False)
    assert any("'" in node.word for node in made.nodes)
    root = ElementTree.parse(write_network(made, str(tmp_path / "n.graphml"))).getroot()
    assert [child.tag for child in root] == [f"{GRAPHML}key"] * (len(root) - 1) + [f"{GRAPHML}graph"]
    keys = {key.get("id", ""): key for key in root.iter(f"{GRAPHML}key")}
    assert all(set(key.attrib) == {"id", "for", "attr.name", "attr.type"} for key in keys.values())
    graph = root[-1]
    assert [child.tag for child in graph] == [f"{GRAPHML}node"] * len(made.nodes) + [f"{GRAPHML}edge"] * len(made.edges)
    nodes = [node.get("id", "") for node in graph.iter(f"{GRAPHML}node")]
    assert len({*nodes, *keys}) == len(nodes) + len(keys)
    assert all(TOKEN.fullmatch(name) for name in (*nodes, *keys))
    for kind in ("node", "edge"):
        for element in graph.iter(f"{GRAPHML}{kind}"):
            assert {element.get("source", nodes[0]), element.get("target", nodes[0])} <= set(nodes)
            assert len({data.get("key") for data in element}) == len(element)
            for data in element:
                key = keys[data.get("key", "")]
                assert key.get("for") == kind
                TYPES[key.get("attr.type", "")](data.text or "")


def test_networkx_reads_the_file(reviews: Selection, tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    made = word_network(reviews, minimum=1, stop=False)
    graph = networkx.read_graphml(write_network(made, str(tmp_path / "n.graphml")))
    assert graph.number_of_edges() == len(made.edges)
    words = networkx.get_node_attributes(graph, "label")
    assert {(words[name], data["count"]) for name, data in graph.nodes(data=True)} == {
        (node.word, node.count) for node in made.nodes
    }
    first = made.edges[0]
    names = {word: name for name, word in words.items()}
    assert graph.edges[names[first.source], names[first.target]]["weight"] == first.weight


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"words": 1}, "2 to 2,000"),
        ({"window": 0}, "1 to 50"),
        ({"measure": "pmi"}, "log_dice"),
        ({"edges": 0}, "1 or more"),
    ],
)
def test_what_is_no_network_is_said(reviews: Selection, more: dict, said: str) -> None:
    with pytest.raises(UserError, match=said):
        word_network(reviews, **more)
    assert networks.MINIMUM == 5
